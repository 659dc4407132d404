"""What is filled in on the pages of reviews and mediations."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards.queries import facet
from huiyin.kernel.label import offered
from huiyin.resolve.appeals import rules

LONGEST = 5000


class _Words(forms.Form):
    text = forms.CharField(
        label=_("Text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST})
    )


class Ask(_Words):
    how = forms.ChoiceField(label=_("How the customer asked"))
    field_order = ("how", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [rules.HOWS[code] for code in ("letter", "phone", "counter")]
        self.fields["how"].choices = offered(ways, get_language(), blank=True)  # type: ignore[attr-defined]
        self.fields["text"].label = _("What the customer does not accept")


class Give(forms.Form):
    number = forms.CharField(label=_("Staff number"), max_length=16)


class Decide(_Words):
    outcome = forms.ChoiceField(label=_("Decision"))
    field_order = ("outcome", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = offered(facet("review_outcome"), get_language(), blank=True)  # type: ignore[attr-defined]
        self.fields["text"].label = _("Letter to the customer")
        self.fields["text"].help_text = _("What was examined (process, timing, outcome), the basis, and the result.")


class _Paper(forms.Form):
    paper = forms.FileField(
        label=_("The paper itself"), required=False, help_text=_("PDF or photo; kept among the files of the case.")
    )


class OpenMediation(_Paper):
    body = forms.ChoiceField(label=_("Mediation body"))
    opened_on = forms.DateField(label=_("Taken up on"), widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(label=_("Paper that proves it"), max_length=200, help_text=_("Its number or title."))
    field_order = ("body", "opened_on", "text", "paper")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = offered(facet("mediation_body"), get_language(), blank=True)  # type: ignore[attr-defined]


class EndMediation(_Words, _Paper):
    outcome = forms.ChoiceField(label=_("How it ended"))
    field_order = ("outcome", "text", "paper")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = offered(facet("mediation_outcome"), get_language(), blank=True)  # type: ignore[attr-defined]
        self.fields["text"].label = _("What was agreed, or why not")


class Performed(_Paper):
    text = forms.CharField(
        label=_("Reference"), max_length=200, help_text=_("What proves that the agreement was carried out.")
    )
    field_order = ("text", "paper")
