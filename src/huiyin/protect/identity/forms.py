"""What is asked about accounts, and the second step of a sign-in."""

from typing import Any
from uuid import UUID

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as allauth_forms
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff.queries import by_number
from huiyin.protect.identity.actions import use_code
from huiyin.protect.identity.models import User


class _OnceOnly(allauth_forms.BaseAuthenticateForm):
    """A code of the authenticator app is good once, whichever process sees it."""

    def clean_code(self) -> str:
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not use_code(
            user=self.user.pk, code=code.strip(), at=context.request.now
        ):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_OnceOnly, allauth_forms.AuthenticateForm):
    pass


class ReauthenticateForm(_OnceOnly, allauth_forms.ReauthenticateForm):
    pass


class NewUserForm(forms.Form):
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{1,39}\Z",
        label=_("Sign-in name"),
        help_text=_("Small letters, digits, dot and hyphen, for example wangli."),
        max_length=40,
        error_messages={"invalid": _("Only small letters a to z, digits, dot and hyphen.")},
    )
    number = forms.CharField(
        label=_("Staff number"),
        required=False,
        max_length=16,
        help_text=_("Leave empty for an account that belongs to nobody on the staff list."),
    )

    def clean_number(self) -> UUID | None:
        number = self.cleaned_data["number"].strip()
        if not number:
            return None
        found = by_number(number)
        if found is None:
            raise forms.ValidationError(_("There is nobody with this staff number."))
        self.name = found.name
        return found.pk


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A sentence that you remember is better than a short riddle."),
    )
    again = forms.CharField(
        label=_("New password, once more"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("password") and found.get("password") != found.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return found
