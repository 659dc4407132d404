"""What is filled in on the pages of call-backs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import Label, offered
from huiyin.resolve.callbacks import rules


class New(forms.Form):
    """Which list to draw. The key makes a second click find the first list."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    rule = forms.ChoiceField(label=_("Rule"), widget=forms.RadioSelect)
    percent = forms.IntegerField(
        label=_("Share in per cent"), min_value=1, max_value=100, required=False, help_text=_("For the last rule only.")
    )
    stratum = forms.ChoiceField(label=_("Draw the share"))
    unit = forms.CharField(label=_("Unit code"), max_length=24)
    closed_from = forms.DateField(label=_("Closed from"), widget=forms.DateInput({"type": "date"}))
    closed_to = forms.DateField(label=_("Closed until"), widget=forms.DateInput({"type": "date"}))
    seed = forms.RegexField(
        r"\A[A-Za-z0-9_-]{1,32}\Z", label=_("Seed"), help_text=_("Rule, days and seed give the same list again.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = offered(rules.RULES, get_language())  # type: ignore[attr-defined]
        self.fields["stratum"].choices = offered(rules.STRATA, get_language())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("rule") == "share" and not said.get("percent"):
            self.add_error("percent", _("Enter the share."))
        return said


class Conclude(forms.Form):
    """What came of a call; the questions are those of the script."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=_("What came of the call?"), widget=forms.RadioSelect)
    solved = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    satisfied = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    more = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea({"rows": 4, "maxlength": 2000}),
        help_text=_("In the customer's words. When they are not content, the case is opened again with these words."),
    )  # fmt: skip
    agreed_at = forms.DateTimeField(
        label=_("Agreed time of the next call"), required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )  # fmt: skip
    never_again = forms.BooleanField(label=_("The customer does not want such calls any more"), required=False)

    def __init__(self, *args: Any, script: rules.Script, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        self.fields["outcome"].choices = offered(rules.OUTCOMES, get_language())  # type: ignore[attr-defined]
        self.fields["solved"].choices = offered(rules.SOLVED, get_language())  # type: ignore[attr-defined]
        self.fields["satisfied"].choices = offered(rules.SATISFIED, get_language())  # type: ignore[attr-defined]
        for name, label in (("solved", script.solved), ("satisfied", script.satisfied), ("more", script.more)):
            self.fields[name].label = label.word(language)
        yes_or_no = offered([Label("yes", "是", "Yes"), Label("no", "否", "No")], get_language())
        for label in script.extra:
            self.fields[label.code] = forms.ChoiceField(
                label=label.word(language), choices=yes_or_no, required=False, widget=forms.RadioSelect
            )
        self.extra = [label.code for label in script.extra]
        order = ["version", "outcome", "solved", "satisfied", *self.extra, "more", "agreed_at", "never_again"]
        self.order_fields(order)


class Write(forms.Form):
    """A new version of the script, Chinese and English beside each other."""

    def __init__(self, *args: Any, script: rules.Script, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = (
            ("opening", _("Opening"), script.opening),
            ("solved", _("Is it settled?"), script.solved),
            ("satisfied", _("How satisfied?"), script.satisfied),
            ("more", _("Anything else?"), script.more),
        )
        for name, title, label in named:
            for code, words in (("zh", label.zh), ("en", label.en)):
                self.fields[f"{name}_{code}"] = _line(title, code, words, required=True)
        for n in range(1, 4):
            known = script.extra[n - 1] if n <= len(script.extra) else Label("", "", "")
            for code, words in (("zh", known.zh), ("en", known.en)):
                self.fields[f"extra{n}_{code}"] = _line(_("Further question"), code, words, required=False, n=n)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for n in range(1, 4):
            if bool(said.get(f"extra{n}_zh")) != bool(said.get(f"extra{n}_en")):
                self.add_error(f"extra{n}_en", _("Write it in both languages."))
        return said

    def words(self) -> dict[str, tuple[str, str]]:
        said = self.cleaned_data
        return {name: (said[f"{name}_zh"], said[f"{name}_en"]) for name in ("opening", "solved", "satisfied", "more")}

    def extra(self) -> list[tuple[str, str]]:
        said = self.cleaned_data
        return [(said[f"extra{n}_zh"], said[f"extra{n}_en"]) for n in range(1, 4) if said[f"extra{n}_zh"]]


def _line(title: Any, code: str, words: str, *, required: bool, n: int = 0) -> forms.CharField:
    language = {"zh": _("in Chinese"), "en": _("in English")}[code]
    label = f"{title} {n} ({language})" if n else f"{title} ({language})"
    return forms.CharField(
        label=label,
        initial=words,
        max_length=300,
        required=required,
        widget=forms.Textarea({"rows": 2, "maxlength": 300}),
    )


class Answer(forms.Form):
    """The customer's answer to a message."""

    choice = forms.ChoiceField(label=_("Is it settled?"), widget=forms.RadioSelect)
    satisfied = forms.ChoiceField(label=_("How satisfied are you?"), widget=forms.RadioSelect, required=False)
    text = forms.CharField(
        label=_("What should we know?"), max_length=2000, required=False,
        widget=forms.Textarea({"rows": 4, "maxlength": 2000}),
    )  # fmt: skip
    call_at = forms.ChoiceField(
        label=_("When shall we call you?"), required=False, help_text=_("Only if you want a call: we call within the hour.")
    )  # fmt: skip

    def __init__(self, *args: Any, slots: Iterable[datetime] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slots = {f"{localtime(one):%Y-%m-%dT%H:%M}": one for one in slots}
        told = [(key, date_format(localtime(one), str(_("D, j M, H:i")))) for key, one in self._slots.items()]
        self.fields["call_at"].choices = [("", "—"), *told]  # type: ignore[attr-defined]
        self.fields["choice"].choices = offered(rules.CHOICES, get_language())  # type: ignore[attr-defined]
        self.fields["satisfied"].choices = offered(rules.SATISFIED, get_language())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("choice") in ("yes", "no") and not said.get("satisfied"):
            self.add_error("satisfied", _("Choose how satisfied you are."))
        said["call_at"] = self._slots.get(said.get("call_at", ""))
        if said.get("choice") == "call" and said["call_at"] is None and "call_at" not in self.errors:
            self.add_error("call_at", _("Choose an hour."))
        return said
