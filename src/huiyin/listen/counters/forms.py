"""What follows the face, and the place a code is for."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.listen.counters.rules import reasons_for
from huiyin.listen.voices import queries as voices


class Why(forms.Form):
    """Reasons to tick, a line, and for a low score how to reach the customer. Everything may be left out."""

    use_required_attribute = False
    reasons = forms.MultipleChoiceField(label=_("What was it?"), required=False, widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label=_("Anything else?"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("May we call you back? Your telephone number"), required=False, strip=False,
        help_text=_("Only if you want a call. It is used for this matter alone and kept encrypted."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Whom may we ask for?"),
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, score: int, today: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.today = today
        language = get_language() or "zh-hans"
        field: Any = self.fields["reasons"]
        field.choices = [(label.code, label.word(language)) for label in reasons_for(score)]
        for name in ("text", "phone", "name"):
            self.fields[name].validators = []
        if score > 2:
            del self.fields["phone"], self.fields["name"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        raw = {
            "channel": "counter", "text": values.get("text") or "-",
            "customer": {"name": values.get("name", ""), "phone": values.get("phone", "")},
        }  # fmt: skip
        found = voices.check(raw, today=self.today)
        if isinstance(found, list):
            for problem in found:
                place = problem.field.rpartition(".")[2]
                self.add_error(place if place in self.fields else None, voices.problem_words(problem))
            return values
        text, _problem = voices.clean_text(values.get("text") or "")
        return values | {"text": text, "name": found.words.name, "phone": found.words.phone}


class Place(forms.Form):
    use_required_attribute = False
    unit = forms.ChoiceField(label=_("Outlet"))
    label = forms.CharField(
        label=_("Counter or window"), required=False, max_length=40, help_text=_("Leave empty for the whole outlet.")
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **how: Any) -> None:
        super().__init__(*args, **how)
        field: Any = self.fields["unit"]
        field.choices = places
