from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


class FirstRun(forms.Form):
    """What a new installation must know before anyone can work."""

    given = forms.CharField(
        label=_("Set-up code"),
        max_length=20,
        help_text=_("Eight digits, shown in the terminal where huiyin serve was started."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    bank = forms.CharField(label=_("Name of the bank in Chinese"), max_length=60)
    bank_en = forms.CharField(label=_("Name of the bank in English"), max_length=80, required=False)
    username = forms.CharField(
        label=_("Sign-in name of the administrator"),
        max_length=60,
        validators=[RegexValidator(r"^[\w.@+-]+\Z", _("Use letters, digits and . @ + - _ only."))],
        widget=forms.TextInput({"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        help_text=_("At least 12 characters. A sentence is easier to remember than symbols."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, needs_bank: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_bank:
            del self.fields["bank"], self.fields["bank_en"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def said(self) -> dict[str, str]:
        names = ("given", "bank", "bank_en", "username", "password")
        return {name: self.cleaned_data.get(name, "") for name in names}


class Sample(forms.Form):
    """For the page of patterns."""

    text = forms.CharField(label=_("What happened?"), widget=forms.Textarea, help_text=_("In your own words."))
    day = forms.DateField(label=_("When?"), required=False, widget=forms.DateInput({"type": "date"}))
    way = forms.ChoiceField(
        label=_("How shall we answer?"),
        choices=[("portal", _("On this page")), ("phone", _("By telephone"))],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label=_("I have read the privacy notice"))
