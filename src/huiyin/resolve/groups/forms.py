"""What is filled in about a group."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.resolve.groups import rules


class Opening(forms.Form):
    kind = forms.ChoiceField(label=_("What it is"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("What it is about"), max_length=200)
    unit = forms.ChoiceField(label=_("Unit"))
    people = forms.IntegerField(
        label=_("How many people complain"), min_value=0, max_value=1_000_000, initial=0,
        help_text=_("From twenty on it is a major complaint and a report is owed."),
    )  # fmt: skip

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        self.fields["kind"].choices = [(k.code, k.word(language)) for k in rules.KINDS.values()]  # type: ignore[attr-defined]
        self.fields["unit"].choices = units  # type: ignore[attr-defined]


class Joining(forms.Form):
    number = forms.CharField(label=_("Number of the case"), max_length=32)
    representative = forms.BooleanField(label=_("A representative of the others"), required=False)


class Wording(forms.Form):
    title = forms.CharField(label=_("Subject line"), max_length=120)
    text = forms.CharField(
        label=_("Answer to all of them"), max_length=5000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("{customer}, {number}, {received} and the other placeholders are filled in for each case."),
    )  # fmt: skip


class Report(forms.Form):
    text = forms.CharField(
        label=_("What was reported, and to whom"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
