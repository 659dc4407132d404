"""What is asked about a unit."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units.queries import UnitView
from huiyin.bank.units.rules import KINDS, is_code


def _language() -> str:
    return get_language() or "zh-hans"


def _choices(units: list[UnitView]) -> list[tuple[str, str]]:
    indent = "\u3000"
    return [(str(unit.id), f"{indent * unit.depth}{unit.word(_language())} {unit.code}") for unit in units]


class _FromDay(forms.Form):
    from_date = forms.DateField(label=_("From which day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_date"].initial = today
        self.today = today

    def clean_from_date(self) -> date:
        day = self.cleaned_data["from_date"]
        if not 1949 <= day.year <= self.today.year + 5:
            raise forms.ValidationError(_("Enter a day that can be meant."))
        return day


class _Words(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    region = forms.CharField(label=_("Region"), max_length=40, required=False)


class RenameForm(_Words):
    pass


class OpenForm(_FromDay, _Words):
    code = forms.CharField(
        label=_("Unit code"), max_length=16, help_text=_("Capital letters, digits and hyphens, for example O0103.")
    )
    kind = forms.ChoiceField(label=_("Kind"))
    parent = forms.ChoiceField(label=_("Stands under"), required=False)
    field_order = ["code", "name", "name_en", "kind", "parent", "region", "from_date"]

    def __init__(self, units: list[UnitView], today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(today, *args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.word(_language())) for kind in KINDS]  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", "—"), *_choices(units)]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip().upper()
        if not is_code(code):
            raise forms.ValidationError(_("A unit code has 1 to 16 capital letters, digits or hyphens."))
        return code

    def clean_parent(self) -> UUID | None:
        return UUID(self.cleaned_data["parent"]) if self.cleaned_data["parent"] else None


class PlaceForm(_FromDay):
    """Move under, or merge into, another unit."""

    other = forms.ChoiceField(label=_("Which unit"))
    field_order = ["other", "from_date"]

    def __init__(self, units: list[UnitView], today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(today, *args, **kwargs)
        self.fields["other"].choices = _choices(units)  # type: ignore[attr-defined]

    def clean_other(self) -> UUID:
        return UUID(self.cleaned_data["other"])


class CloseForm(_FromDay):
    pass
