"""What is filled in to erase a person, or to forbid it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import Label
from huiyin.resolve.erasures import rules


def _choices(labels: Iterable[Label]) -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(label.code, label.word(language)) for label in labels]


class Ask(forms.Form):
    reason = forms.ChoiceField(label=_("Why it is to be erased"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = _choices(rules.REASONS)  # type: ignore[attr-defined]


class CarryOut(forms.Form):
    sure = forms.BooleanField(label=_("I have checked who the customer is, and that nothing here is needed any more."))


class Keep(forms.Form):
    ground = forms.ChoiceField(label=_("Who needs it"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = _choices(rules.GROUNDS)  # type: ignore[attr-defined]
