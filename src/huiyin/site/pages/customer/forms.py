"""What is filled in on a customer's page."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.customers.profiles.queries import GROUNDS, KIND, PROOFS, PURPOSES, SOURCES
from huiyin.kernel.label import Label, offered


class Find(forms.Form):
    """By POST: a telephone or an identity number does not belong into an address."""

    q = forms.CharField(label=_("Telephone, identity number, e-mail or full name"), max_length=80, required=False)


class Say(forms.Form):
    purpose = forms.ChoiceField(label=_("Purpose"))
    given = forms.ChoiceField(label=_("What the customer said"))
    source = forms.ChoiceField(label=_("How they said it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = [Label("yes", "允许", "They allow it"), Label("no", "拒绝或撤回", "They refuse or take it back")]
        sources = [SOURCES[code] for code in ("phone", "counter", "letter")]
        for name, labels in (("purpose", PURPOSES), ("given", said), ("source", sources)):
            self.fields[name].choices = offered(labels, get_language(), blank=True)  # type: ignore[attr-defined]


class Verify(forms.Form):
    kind = forms.ChoiceField(label=_("Detail"))
    value = forms.CharField(
        label=_("Number or address"), max_length=80, widget=forms.TextInput({"autocomplete": "off"})
    )
    how = forms.ChoiceField(label=_("How you made sure"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [KIND[code] for code in ("number", "id", "phone", "email")]
        self.fields["kind"].choices = offered(kinds, get_language(), blank=True)  # type: ignore[attr-defined]
        self.fields["how"].choices = offered(PROOFS.values(), get_language(), blank=True)  # type: ignore[attr-defined]


class Merge(forms.Form):
    ground = forms.ChoiceField(label=_("How you know that they are the same person"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = offered(GROUNDS.values(), get_language())  # type: ignore[attr-defined]
