"""What is asked of a search."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.resolve.finding import queries as finding

STATES = (("", _("Open and closed")), ("open", _("Open")), ("closed", _("Closed")))


class SearchForm(forms.Form):
    """Sent by POST: what somebody looks for is often a person, and addresses end up in logs and histories."""

    q = forms.CharField(
        label=_("Words, case number, telephone, name or identity number"),
        max_length=finding.LONGEST_QUERY,
        error_messages={"required": _("Write what you are looking for.")},
        widget=forms.TextInput(attrs={"type": "search", "autofocus": True, "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Look in"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    page = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, actor: Actor, at: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", _("Everything")), *((one.code, one.word(language)) for one in finding.KINDS)]
        scope = permit.paths(actor, "case.read")
        here = [view for view in units.all_units(localdate(at)) if scope and view.path.startswith(scope)]
        choices: Any = self.fields["unit"]
        choices.choices = [("", _("All units")), *((view.code, view.word(language)) for view in here)]
        self._ids = {view.code: view.id for view in here}

    def clean_page(self) -> int:
        """A wild page number is the nearest that there is."""
        return min(max(self.cleaned_data["page"] or 1, 1), 1000)

    def clean_since(self) -> date | None:
        return _known(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return _known(self.cleaned_data["until"])

    def asked(self) -> finding.Asked:
        said = self.cleaned_data
        return finding.Asked(
            said["q"], kind=said["kind"], state=said["state"], unit=self._ids.get(said["unit"]), since=said["since"],
            until=said["until"], page=said["page"],
        )  # fmt: skip

    @property
    def narrowed(self) -> bool:
        """Is anything chosen besides the words?"""
        return any(self.data.get(name) for name in ("kind", "state", "unit", "since", "until"))


def _known(day: date | None) -> date | None:
    if day is not None and not 1949 <= day.year <= 2200:
        raise forms.ValidationError(_("Enter a day that can be meant."))
    return day
