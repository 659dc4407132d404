"""What is filled in to change the standards, or to try another limit."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards import queries as standards

MOST_BYTES = 400_000
UNITS = (
    ("natural_day", _("calendar days")),
    ("business_day", _("working days")),
    ("business_hour", _("working hours")),
    ("elapsed_hour", _("hours")),
)


class Proposed(forms.Form):
    """A text, typed or uploaded."""

    body = forms.CharField(
        label=_("Text of the new version (TOML)"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "hy-code", "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(label=_("or a file"), required=False)
    running = forms.BooleanField(
        label=_("Move running time limits too"), required=False,
        help_text=_("Otherwise they stay in the version they began with."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload is not None:
            if upload.size > MOST_BYTES:
                raise forms.ValidationError(_("The file is too large."))
            try:
                data["body"] = upload.read().decode("utf-8-sig").replace("\r\n", "\n")
            except UnicodeDecodeError as wrong:
                raise forms.ValidationError(_("The file is not UTF-8 text.")) from wrong
        else:
            data["body"] = data.get("body", "").replace("\r\n", "\n")
        if not data["body"].strip():
            raise forms.ValidationError(_("Enter the text, or choose a file."))
        return data


class Choice(forms.Form):
    """Which packs the institution works by, and on which calendar where there is a choice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        chosen = standards.choice()
        for pack in standards.choosable():
            self.fields[pack.code] = forms.BooleanField(
                label=pack.label.word(language), help_text=pack.authority.word(language), required=False,
                initial=pack.code in chosen,
            )  # fmt: skip
            places = standards.calendar_choices(pack)
            if len(places) > 1:
                self.fields[f"{pack.code}:calendar"] = forms.ChoiceField(
                    label=_("Calendar of: %(pack)s") % {"pack": pack.label.word(language)}, required=False,
                    choices=[(code, standards.calendar_label(code).word(language)) for code in places],
                    initial=chosen.get(pack.code) or places[0],
                )  # fmt: skip

    @property
    def body(self) -> str:
        """The choice as a proposal holds it; a pack's own calendar needs no mention."""
        lines = []
        for pack in standards.choosable():
            if self.cleaned_data.get(pack.code):
                place = self.cleaned_data.get(f"{pack.code}:calendar", "")
                own = (standards.calendar_choices(pack) or ("",))[0]
                lines.append(f"{pack.code}={place}" if place and place != own else pack.code)
        return "\n".join(lines)


class WhatIf(forms.Form):
    limit = forms.ChoiceField(label=_("Time limit"))
    amount = forms.CharField(label=_("If it were"), max_length=8, initial="10")
    unit = forms.ChoiceField(label=_("Counted in"), choices=UNITS, initial="natural_day")
    from_day = forms.DateField(
        label=_("Received from"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    to_day = forms.DateField(
        label=_("Received until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any, *, today: date) -> None:
        first = today.replace(day=1)
        last = date.fromordinal(first.toordinal() - 1)
        super().__init__(data, initial={"from_day": last.replace(day=1), "to_day": last})
        language, chosen = get_language() or "zh-hans", standards.choice()
        self.fields["limit"].choices = [  # type: ignore[attr-defined]
            (f"{pack.code}/{family}/{purpose}", f"{label.word(language)} · {pack.label.word(language)}")
            for pack in sorted(standards.packs(), key=lambda pack: pack.code not in chosen)  # those in use first
            for (family, purpose), label in standards.judgeable(pack).items()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            if data["to_day"] < data["from_day"]:
                self.add_error("to_day", _("The last day is before the first."))
            elif (data["to_day"] - data["from_day"]).days > 366:
                self.add_error("to_day", _("At most a year at a time."))
            if not standards.is_amount(data["amount"], data["unit"]):
                self.add_error("amount", _("Enter a number: whole days, or hours with decimals."))
        return data


def day_of(at: datetime) -> date:
    return at.astimezone(standards.HOME_ZONE).date()
