"""What is filled in on the workbench."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import offered
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench.rules import following

Choice = tuple[str, str]


class ViewName(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=40)
    shared = forms.BooleanField(label=_("Share it with my unit"), required=False)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if not name:
            raise forms.ValidationError(_("Give the view a name."))
        return str(name)


class Follow(forms.Form):
    how = forms.ChoiceField(choices=[(label.code, label.en) for label in following.HOW.values()])
    threshold = forms.IntegerField(min_value=1, max_value=999)
    mail = forms.BooleanField(required=False)


class BatchParams(forms.Form):
    """What a bulk verb needs to know; only the fields of the verb are there."""

    person = forms.CharField(
        label=_("Colleague (staff number)"),
        max_length=16,
        help_text=_("Start to type a name or a number; the list shows the colleagues of your units."),
        widget=forms.TextInput(attrs={"list": "colleagues", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(label=_("Reason"))
    flag = forms.ChoiceField(label=_("Flag"))

    def __init__(self, *args: Any, needs: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if name not in needs:
                del self.fields[name]
        if "reason" in needs:
            self.fields["reason"].choices = offered(cases.HANDOVER_REASONS.values(), get_language(), blank=True)  # type: ignore[attr-defined]
        if "flag" in needs:
            flags = [flag for code, flag in cases.FLAGS.items() if code not in cases.OWN_FLAGS]
            self.fields["flag"].choices = offered(flags, get_language(), blank=True)  # type: ignore[attr-defined]


class Shift(forms.Form):
    text = forms.CharField(
        label=_("What to watch"),
        max_length=5000,
        help_text=_("What is agreed, who calls back, what must not be forgotten. No names or numbers of customers."),
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": 5000}),
    )
    watched = forms.CharField(
        label=_("Cases to watch"),
        max_length=1000,
        required=False,
        help_text=_("Case numbers, separated by spaces or commas."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
