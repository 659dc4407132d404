"""What is asked when a role or a token is given."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units.queries import UnitView
from huiyin.kernel.permit import ROLES
from huiyin.protect.access.rules import LONGEST
from huiyin.protect.identity.queries import account_named

MACHINE_ROLES = ("agent", "analyst", "auditor", "assistant")


def _language() -> str:
    return get_language() or "zh-hans"


class _Scoped(forms.Form):
    role = forms.ChoiceField(label=_("Role"))
    unit = forms.ChoiceField(label=_("Over which unit, with everything below it"), required=False)
    until_date = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("At most 365 days from today.")
    )

    def __init__(self, units: list[UnitView], today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = _language()
        words = [(role.code, role.word(language)) for role in self.roles()]
        self.fields["role"].choices = words  # type: ignore[attr-defined]
        indent = "\u3000"
        self.fields["unit"].choices = [("", _("The whole bank"))] + [  # type: ignore[attr-defined]
            (str(unit.id), f"{indent * unit.depth}{unit.word(language)}") for unit in units
        ]
        self.fields["until_date"].initial = today + LONGEST
        self.today = today

    def roles(self) -> tuple:
        return ROLES

    def clean_until_date(self) -> date:
        until = self.cleaned_data["until_date"]
        if not self.today < until <= self.today + LONGEST:
            raise forms.ValidationError(_("The last day must come after today and within 365 days."))
        return until

    def clean_unit(self) -> UUID | None:
        return UUID(self.cleaned_data["unit"]) if self.cleaned_data["unit"] else None


class GrantForm(_Scoped):
    username = forms.CharField(label=_("Sign-in name"), max_length=150)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    field_order = ["username", "role", "unit", "until_date", "reason"]

    def roles(self) -> tuple:
        return tuple(role for role in ROLES if role.code != "assistant")

    def clean_username(self) -> int:
        """The account's number."""
        found = account_named(self.cleaned_data["username"].strip())
        if found is None:
            raise forms.ValidationError(_("There is no account with this sign-in name."))
        return found


class RenewForm(forms.Form):
    until_date = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("At most 365 days from today.")
    )

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["until_date"].initial = today + timedelta(days=365)

    clean_until_date = _Scoped.clean_until_date


class TokenForm(_Scoped):
    name = forms.CharField(label=_("What is it for?"), max_length=80)
    field_order = ["name", "role", "unit", "until_date"]

    def roles(self) -> tuple:
        return tuple(role for role in ROLES if role.code in MACHINE_ROLES)
