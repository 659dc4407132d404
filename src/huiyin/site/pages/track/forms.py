"""What a customer types on their own page. Texts pass the intake rules."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.listen.voices import queries as voices
from huiyin.platform.files.queries import Files


class Find(forms.Form):
    use_required_attribute = False
    number = forms.CharField(
        label=_("Number of your complaint"), max_length=40, help_text=_("It looks like TS-20260305-123456.")
    )
    digits = forms.CharField(
        label=_("Last four figures of your telephone number"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """As it was printed, however it was typed: full-width, spaced, with another dash."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["number"])
        return re.sub(r"[‐-―−－]", "-", re.sub(r"\s", "", typed)).upper()

    def clean_digits(self) -> str:
        return voices.plain_digits(self.cleaned_data["digits"]).strip()


class Words(forms.Form):
    """`required` says whether there must be words."""

    use_required_attribute = False
    text = forms.CharField(label=_("Your words"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, required: bool = False, label: Any = None, **how: Any) -> None:
        super().__init__(*args, **how)
        field = self.fields["text"]
        field.required, field.validators = required, []
        field.error_messages["required"] = voices.missing()
        if label:
            field.label = label

    def clean_text(self) -> str:
        text, problem = voices.clean_text(self.cleaned_data.get("text", ""))
        if problem:
            raise forms.ValidationError(problem)
        if self.fields["text"].required and not text:
            raise forms.ValidationError(voices.missing())
        return text


class More(Words):
    """Words, files, or both."""

    files = Files(  # type: ignore[assignment]  # a field; the uploads stay at `form.files`
        label=_("Photos or documents"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "text" in values and not values["text"] and not values.get("files"):
            self.add_error("text", voices.missing())
        return values
