"""What is filled in about a forwarded complaint and about a file for a regulator."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards.queries import facet
from huiyin.kernel.label import offered
from huiyin.resolve.referrals import rules

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Referring(forms.Form):
    body = forms.ChoiceField(label=_("Forwarded by"))
    reference = forms.CharField(label=_("Their number"), max_length=64)
    received_on = forms.DateField(label=_("Day on which it reached us"), widget=_DAY)
    due_on = forms.DateField(
        label=_("Their own limit"), required=False, widget=_DAY,
        help_text=_("The last day named in the letter. The stricter limit leads."),
    )  # fmt: skip
    number = forms.CharField(
        label=_("Our number"), max_length=32, required=False, help_text=_("If we know the complaint already.")
    )
    text = forms.CharField(
        label=_("What happened?"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    unit = forms.CharField(
        label=_("Branch concerned"),
        max_length=64,
        required=False,
        help_text=_("Code of the unit, if the letter names one."),
    )
    name = forms.CharField(label=_("Customer's name"), max_length=80, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=32, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = offered(facet("source"), get_language())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("number") and not (data.get("text") or "").strip():
            self.add_error("text", _("Enter our number, or what happened."))
        return data


class Listing(forms.Form):
    file = forms.FileField(
        label=_("CSV or Excel file"), max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        help_text=_("At most 500 rows. Rows that are on record already change nothing."),
    )  # fmt: skip


class Returning(forms.Form):
    layout = forms.ChoiceField(label=_("File"))
    format = forms.ChoiceField(label=_("Format"))
    first = forms.DateField(label=_("From"), widget=_DAY)
    last = forms.DateField(label=_("To"), widget=_DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["layout"].choices = offered(rules.LAYOUTS.values(), get_language())  # type: ignore[attr-defined]
        self.fields["format"].choices = offered(rules.FORMATS.values(), get_language())  # type: ignore[attr-defined]
        self.fields["format"].required = False
