"""What is filled in to propose a reply template."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards.queries import TEMPLATE_AUDIENCES
from huiyin.bank.standards.rules import templates

WHY = {
    "code": _("A code has 3 to 48 letters a to z, digits and hyphens."),
    "empty": _("Title and text are needed in both languages."),
    "long": _("A title has at most 120 characters and a text 5,000."),
    "unknown": _("“{%(what)s}” is not a placeholder that can be filled in."),
    "brace": _("There is a brace without its other half."),
    "differs": _("“{%(what)s}” stands in one language only."),
}


class TemplateForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=48, help_text=_("Small letters, digits and hyphens."))
    audience = forms.ChoiceField(label=_("For"))
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=templates.LONGEST_TITLE)
    body_zh = forms.CharField(label=_("Text in Chinese"), max_length=templates.LONGEST, widget=forms.Textarea)
    title_en = forms.CharField(label=_("Title in English"), max_length=templates.LONGEST_TITLE)
    body_en = forms.CharField(label=_("Text in English"), max_length=templates.LONGEST, widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        labels = TEMPLATE_AUDIENCES.values()
        self.fields["audience"].choices = [(label.code, label.word(language)) for label in labels]  # type: ignore[attr-defined]

    @property
    def text(self) -> templates.Text:
        data = self.cleaned_data
        return templates.Text(data["title_zh"], data["body_zh"], data["title_en"], data["body_en"])

    def add_findings(self, findings: list[templates.Wrong]) -> None:
        """What the linter found, each at the field where it can be put right."""
        for finding in findings:
            place = {"zh": "body_zh", "en": "body_en"}.get(finding.where, "code" if finding.code == "code" else None)
            self.add_error(place, WHY[finding.code] % {"what": finding.what})
