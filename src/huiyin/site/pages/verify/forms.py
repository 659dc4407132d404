from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.ledger.queries import RECEIPT_LIMIT


class Check(forms.Form):
    """A receipt, pasted or as a file."""

    file = forms.FileField(
        label=_("Receipt file"),
        required=False,
        help_text=_("The file you saved when you made your complaint (.receipt.txt or .tlog-proof)."),
        widget=forms.FileInput({"accept": ".receipt,.tlog-proof,.txt,text/plain"}),
    )
    text = forms.CharField(
        label=_("Or paste its text"),
        required=False,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        text = data.get("text") or ""
        file = data.get("file")
        if file:
            if file.size > RECEIPT_LIMIT:
                raise forms.ValidationError(_("This file is too large to be a receipt."))
            try:
                text = file.read().decode("utf-8")
            except UnicodeDecodeError:
                raise forms.ValidationError(_("This file is not a receipt. A receipt is a small text file.")) from None
        if not text.strip():
            raise forms.ValidationError(_("Please choose a receipt file or paste its text."))
        if len(text) > RECEIPT_LIMIT:
            raise forms.ValidationError(_("This text is too long to be a receipt."))
        return data | {"receipt": text}
