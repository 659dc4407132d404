"""What is asked about people."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff.queries import by_number
from huiyin.bank.staff.rules import POSTS
from huiyin.bank.units.queries import UnitView


def _language() -> str:
    return get_language() or "zh-hans"


class _Person(forms.CharField):
    """A colleague, named by staff number."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=16, required=more.pop("required", False), **more)

    def clean(self, value: Any) -> UUID | None:
        number = (super().clean(value) or "").strip()
        if not number:
            return None
        found = by_number(number)
        if found is None:
            raise forms.ValidationError(_("There is nobody with this staff number."))
        return found.pk

    def prepare_value(self, value: Any) -> Any:
        return value


class _Posted(forms.Form):
    unit = forms.ChoiceField(label=_("Unit"))
    post = forms.ChoiceField(label=_("Post"))
    from_date = forms.DateField(label=_("From which day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, units: list[UnitView], today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indent, language = "\u3000", _language()
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            (str(unit.id), f"{indent * unit.depth}{unit.word(language)}") for unit in units
        ]
        self.fields["post"].choices = [(post.code, post.word(language)) for post in POSTS]  # type: ignore[attr-defined]
        self.fields["from_date"].initial = today
        self.today = today

    def clean_unit(self) -> UUID:
        return UUID(self.cleaned_data["unit"])


class MoveForm(_Posted):
    def clean_from_date(self) -> date:
        day = self.cleaned_data["from_date"]
        if day > self.today or day.year < 1949:
            raise forms.ValidationError(_("A move takes effect today or took effect before."))
        return day


class HireForm(_Posted):
    number = forms.RegexField(
        r"^[A-Za-z0-9-]{1,16}\Z",
        label=_("Staff number"),
        max_length=16,
        error_messages={"invalid": _("Only letters, digits and hyphens.")},
    )
    name = forms.CharField(label=_("Name"), max_length=64)
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=80, required=False)
    reports_to = _Person(label=_("Staff number of the direct manager"), help_text=_("Empty: the head of the unit."))
    substitute = _Person(label=_("Staff number of the substitute"))
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=24, required=False)
    field_order = [
        "number",
        "name",
        "name_en",
        "unit",
        "post",
        "from_date",
        "reports_to",
        "substitute",
        "email",
        "phone",
    ]


class EditForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=64)
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=80, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=24, required=False)
    reports_to = _Person(label=_("Staff number of the direct manager"), help_text=_("Empty: the head of the unit."))
    substitute = _Person(label=_("Staff number of the substitute"))


class AbsentForm(forms.Form):
    from_at = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    until_at = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    substitute = _Person(
        label=_("Staff number of the substitute"),
        help_text=_("Empty: the usual substitute, else the head of the unit."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("from_at"), found.get("until_at")
        if isinstance(start, datetime) and isinstance(end, datetime):
            if end <= start:
                self.add_error("until_at", _("The end must come after the beginning."))
            elif not 2000 <= start.year <= end.year <= 2200:
                self.add_error("until_at", _("Enter a day that can be meant."))
        return found


class LeaveForm(forms.Form):
    from_date = forms.DateField(
        label=_("First day no longer with the bank"), widget=forms.DateInput(attrs={"type": "date"})
    )


class KinForm(forms.Form):
    other = _Person(label=_("Staff number of the relative"), required=True)
