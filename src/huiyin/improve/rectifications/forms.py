"""What people fill in to open a rectification and to carry it on."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff.queries import by_number
from huiyin.bank.standards import queries as standards
from huiyin.improve.rectifications import queries
from huiyin.improve.rectifications.actions import LONGEST, BadDate
from huiyin.improve.rectifications.queries import Group
from huiyin.kernel.label import Label

in_words = lazy(lambda label: label.word(get_language() or "zh-hans"), str)
LONG = forms.Textarea(attrs={"rows": 4})


class _Forms(forms.Form):
    """Choices that depend on the page are given as lists of (value, Label)."""

    def offer(self, name: str, options: list[tuple[str, Label]], empty: str = "") -> None:
        told = [(value, in_words(label)) for value, label in options]
        self.fields[name].choices = ([("", empty or _("Choose"))] if empty is not None else []) + told  # type: ignore[attr-defined]

    def offer_people(self, name: str, groups: list[Group], empty: Any = "") -> None:
        """People under the names of their units."""
        told = [(in_words(unit), [(value, in_words(label)) for value, label in people]) for unit, people in groups]
        self.fields[name].choices = [("", empty or _("Choose")), *told]  # type: ignore[attr-defined]


class OpenForm(_Forms):
    """A new rectification."""

    problem = forms.CharField(
        label=_("Problem"), help_text=_("What is wrong, where, since when."), widget=LONG, max_length=4000
    )
    unit = forms.ChoiceField(label=_("Unit"))
    indicator = forms.ChoiceField(
        label=_("Indicator"), help_text=_("The number that shows the problem, and later the effect.")
    )
    target = forms.FloatField(
        label=_("Value to reach"),
        required=False,
        help_text=_("As a decimal, for example 0.9. Empty: the target of the catalogue."),
    )
    owner = forms.ChoiceField(
        label=_("Owner"),
        help_text=_("Who carries it out. Offered: the unit and those above it, and heads of departments."),
    )
    find = forms.CharField(
        label=_("Find another owner"),
        required=False,
        max_length=40,
        help_text=_(
            "Name or staff number; empty: the people of the unit chosen above. Nothing that you wrote is lost."
        ),
    )
    verifier = forms.ChoiceField(label=_("Verifier"), required=False, help_text=_("Not the owner. May be named later."))
    due_date = forms.DateField(label=_("Deadline"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(
        self, *args: Any, units: list, indicators: list, owners: list[Group], verifiers: list[Group],
        today: date, alert: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.today = today
        self.offer("unit", units)
        self.offer("indicator", indicators)
        self.offer_people("owner", owners)
        self.offer_people("verifier", verifiers)
        if alert:
            del self.fields["unit"], self.fields["indicator"], self.fields["target"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        target = said.get("target")
        if target is not None and said.get("indicator") in queries.shares() and not 0 <= target <= 1:
            self.add_error("target", _("A share lies between 0 and 1: enter 0.9 for 90 per cent."))
        if said.get("verifier") and said["verifier"] == said.get("owner"):
            self.add_error("verifier", _("The verifier is not the owner: choose somebody else."))
        return said

    def clean_due_date(self) -> date:
        day: date = self.cleaned_data["due_date"]
        if not self.today < day <= self.today + timedelta(days=LONGEST):
            raise forms.ValidationError(str(BadDate.message))
        return day


class PlanForm(_Forms):
    """One problem, one plan."""

    cause_code = forms.ChoiceField(label=_("Kind of cause"))
    cause = forms.CharField(label=_("Why it happened"), widget=LONG, max_length=4000)
    plan = forms.CharField(label=_("What will be done, by whom, until when"), widget=LONG, max_length=4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("cause_code", [(label.code, label) for label in standards.facet("cause")])


class EvidenceForm(forms.Form):
    """What shows that the work was done."""

    text = forms.CharField(
        label=_("Explanation"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    file = forms.FileField(label=_("File"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not (found.get("text") or "").strip() and not found.get("file"):
            self.add_error("text", _("Add a note or a file."))
        return found


class WordsForm(forms.Form):
    """A step that needs words."""

    text = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


class AppointForm(_Forms):
    """Who carries it out or verifies it from now on."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)
    number = forms.CharField(
        label=_("Or the owner's staff number"), required=False, max_length=16,
        help_text=_("For somebody who is not on the list."),
    )  # fmt: skip
    verifier = forms.ChoiceField(label=_("Verifier"), required=False, help_text=_("Not the owner."))
    text = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)

    def __init__(self, *args: Any, owners: list[Group], verifiers: list[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_people("owner", owners, _("As before"))
        self.offer_people("verifier", verifiers, _("As before"))

    def clean_number(self) -> str:
        number = self.cleaned_data["number"].strip()
        if number and by_number(number) is None:
            raise forms.ValidationError(_("There is nobody with this staff number."))
        return number

    def people(self) -> tuple[UUID | None, UUID | None]:
        """The owner and the verifier that are named, if any."""
        said = self.cleaned_data
        found = by_number(said["number"]) if said["number"] else None
        owner = found.pk if found else UUID(said["owner"]) if said["owner"] else None
        return owner, UUID(said["verifier"]) if said["verifier"] else None


class RedateForm(forms.Form):
    """Another day for the work; the deadline stays."""

    to = forms.DateField(label=_("New date"), widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
