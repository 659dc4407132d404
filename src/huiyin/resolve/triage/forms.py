"""What is filled in on the page of triage."""

from django import forms
from django.utils.translation import gettext_lazy as _


class GoBack(forms.Form):
    """Which version shall answer again; `before` is the one that was seen in use."""

    facet = forms.SlugField(widget=forms.HiddenInput, max_length=48)
    version = forms.SlugField(widget=forms.HiddenInput, max_length=16)
    before = forms.SlugField(widget=forms.HiddenInput, max_length=16)
    reason = forms.CharField(
        label=_("Why do you go back?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )
