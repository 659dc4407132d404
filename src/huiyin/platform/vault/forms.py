from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.platform.vault.rules.reasons import REASONS


class Reason(forms.Form):
    """Why somebody needs to see personal data."""

    reason = forms.ChoiceField(
        label=_("Why do you need to see it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a reason.")},
    )
    detail = forms.CharField(
        label=_("In your own words"),
        max_length=500,
        required=False,
        help_text=_("Kept encrypted with the customer's data. The ledger holds only the reason chosen above."),
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(reason.code, reason.word(language)) for reason in REASONS]
