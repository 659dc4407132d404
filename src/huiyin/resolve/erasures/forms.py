"""What is filled in to erase a person, or to forbid it."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import offered
from huiyin.resolve.erasures import rules


class Ask(forms.Form):
    reason = forms.ChoiceField(label=_("Why it is to be erased"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = offered(rules.REASONS, get_language())  # type: ignore[attr-defined]


class CarryOut(forms.Form):
    sure = forms.BooleanField(label=_("I have checked who the customer is, and that nothing here is needed any more."))


class Keep(forms.Form):
    ground = forms.ChoiceField(label=_("Who needs it"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = offered(rules.GROUNDS, get_language())  # type: ignore[attr-defined]
