"""What the dashboard is asked: where, what about, by which period. Everything stands in the address."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.products import queries as products
from huiyin.bank.standards import queries as standards
from huiyin.measure.indicators.rules.periods import GRAINS

# Dimensions with words of their own; the others carry the names their source gave them.
FACETS = {"channel": "channel", "category": "category", "cause": "cause", "root_cause": "root_cause"}
LABELS = {
    "unit": _("Institution"),
    "channel": _("Channel"),
    "category": _("Business category"),
    "cause": _("Cause"),
    "root_cause": _("Root cause"),
    "product": _("Product"),
    "company": _("Company"),
    "region": _("Region"),
    "source": _("Source"),
}
OWN = ("channel", "category", "cause", "root_cause", "product", "company", "region", "source")


class FilterForm(forms.Form):
    """Choices come from what this person may see."""

    grain = forms.ChoiceField(label=_("Period"), required=False)
    from_day = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until_day = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, places: list[tuple[str, str]], values: dict[str, list[str]]) -> None:
        super().__init__(data)
        language = get_language() or "en"
        self.fields["grain"].choices = [(g.code, g.word(language)) for g in GRAINS]  # type: ignore[attr-defined]
        anything: list[tuple[str, Any]] = [("", _("All"))]
        if len(places) > 1:
            self.fields["unit"] = forms.ChoiceField(label=LABELS["unit"], required=False, choices=[*anything, *places])
        for name in OWN:
            found = values.get(name, [])
            if found:
                labelled = list(in_words(name, found, language).items())
                self.fields[name] = forms.ChoiceField(
                    label=LABELS[name], required=False, choices=[*anything, *labelled]
                )
        self.order_fields(["unit", *OWN, "grain", "from_day", "until_day"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("from_day"), said.get("until_day")
        if start and end and end < start:
            self.add_error("until_day", _("The last day must not come before the first."))
        return said

    @property
    def asked(self) -> dict[str, str]:
        """The filters that hold; what cannot be understood is left out."""
        self.is_valid()
        return {n: self.cleaned_data[n] for n in ("unit", *OWN) if self.cleaned_data.get(n)}

    @property
    def window(self) -> dict[str, Any]:
        self.is_valid()
        found: dict[str, Any] = {"grain": self.cleaned_data.get("grain") or "month"}
        start, end = self.cleaned_data.get("from_day"), self.cleaned_data.get("until_day")
        if start and date(1990, 1, 1) <= start <= date(2200, 1, 1):
            found["from_day"] = start
        if end and date(1990, 1, 1) <= end <= date(2200, 1, 1) and (not start or end >= start):
            found["until_day"] = date.fromordinal(end.toordinal() + 1)
        return found


def in_words(dimension: str, values: Iterable[str], language: str) -> dict[str, str]:
    """Values of a dimension in words: our own codes by their facet, our products by their names, names of a source as
    they are."""
    wanted = dict.fromkeys(values)
    facet = FACETS.get(dimension)
    if facet:
        return {value: standards.label(facet, value).word(language) if value else "—" for value in wanted}
    known = products.products(wanted) if dimension == "product" else {}
    return {value: known[value].word(language) if value in known else value or "—" for value in wanted}


class RebaseForm(forms.Form):
    from_day = forms.DateField(label=_("New limits from"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("What was changed on purpose?"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
