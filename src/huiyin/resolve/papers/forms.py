"""What is filled in when a dossier is printed."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.resolve.papers import queries


class Printing(forms.Form):
    reason = forms.ChoiceField(label=_("Why is it printed?"))
    detail = forms.CharField(
        label=_("Number of the order or request"), max_length=200, required=False,
        help_text=_("Stands on the cover. No words of the customer."),
    )  # fmt: skip
    notes = forms.BooleanField(label=_("With the internal notes"), required=False, initial=True)
    full = forms.BooleanField(
        label=_("With the customer's particulars in full"), required=False,
        help_text=_("Only for a regulator, a court, an audit or the customer; it is recorded as a look behind the mask."),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_unmask: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        choices = [("", "—"), *((one.code, one.word(language)) for one in queries.REASONS.values())]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        if not may_unmask:
            del self.fields["full"]
