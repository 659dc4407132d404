"""What a colleague chooses to ask, and what is answered: the same form for the customer and for a person who reached them."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.products import queries as products
from huiyin.kernel.label import offered
from huiyin.listen.voices import queries as voices
from huiyin.platform.files.queries import Files
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts import queries, rules

_GAP = re.compile(r"\{\w*\}")  # of an approved text, filled in when it is sent
LARGEST = 100_000_000_000_000  # in minor units


def _amount(text: str, currency: str) -> str:
    """An amount as people write it, as it is kept: 1,280.00 CNY; empty where nothing is written."""
    plain = voices.plain_digits(text).replace("，", "").replace(",", "").strip()
    try:
        return cases.amount_words(cases.minor(plain, currency, LARGEST), currency) if plain else ""
    except ValueError as wrong:
        raise forms.ValidationError(_("Enter an amount such as 1280.50.")) from wrong


class Ask(forms.Form):
    """Which approved text, which papers, which facts. What the bank knows of a fact stands in it and may be put right."""

    template = forms.ChoiceField(label=_("Approved text"))
    papers = forms.MultipleChoiceField(
        label=_("Papers we need"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Never ask for what the bank holds itself."),
    )  # fmt: skip
    facts = forms.MultipleChoiceField(
        label=_("Facts to confirm"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The customer sees what stands on record and says whether it is right."),
    )  # fmt: skip
    occurred_on = forms.DateField(
        label=_("Day it happened, as we understand it"), required=False, widget=forms.DateInput({"type": "date"}),
    )  # fmt: skip
    amount = forms.CharField(
        label=_("Amount, as we understand it"), required=False, max_length=24,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in cases.CURRENCIES], initial="CNY"
    )
    note = forms.CharField(
        label=_("A few words of our own"), required=False, max_length=rules.LONGEST,
        widget=forms.Textarea({"rows": 3, "maxlength": rules.LONGEST}),
        help_text=_("The customer reads this below the approved text."),
    )  # fmt: skip
    last = forms.DateField(
        label=_("Wait for the answer until"), required=False, widget=forms.DateInput({"type": "date"}),
        help_text=_("Without a day: five working days. The customer is reminded once, then a person takes over."),
    )  # fmt: skip

    def __init__(self, *args: Any, texts: Sequence[Any], number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh = (get_language() or "zh-hans").startswith("zh")
        self._set(
            "template",
            [
                (one.code, _GAP.sub("…", (one.title_zh if zh else one.title_en).replace("{number}", number)))
                for one in texts
            ],
        )
        self._set("papers", offered(queries.papers(), get_language()))
        self._set("facts", offered(rules.FACTS, get_language()))

    def _set(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        try:
            said["amount"] = _amount(said.get("amount") or "", said.get("currency") or "CNY")
        except forms.ValidationError as wrong:
            self.add_error("amount", wrong)
        if not said.get("papers") and not said.get("facts") and not self.errors:
            self.add_error("papers", _("Choose at least one paper or one fact."))
        return said

    def values(self, on_record: dict[str, str]) -> dict[str, str]:
        """kind -> what the customer is to confirm."""
        said = self.cleaned_data
        day = said.get("occurred_on")
        known = on_record | {
            "occurred_on": day.isoformat() if day else "",
            "amount": said["amount"],
        }
        return {kind: known.get(kind, "") for kind in said["facts"]}


class _Open(forms.ChoiceField):
    """Must be answered, but a file or a correction beside it is an answer, too: the form decides."""

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            raise forms.ValidationError(_("Please choose an answer."))


class Answer(forms.Form):
    """One group of fields per thing asked: a choice, and a correction or files beside it."""

    use_required_attribute = False

    def __init__(self, *args: Any, told: queries.Told, currency: str = "CNY", today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.currency, self.today = told.lines, currency, today
        for n, line in enumerate(told.lines):
            choices = offered(rules.choices(line.item, known=bool(line.value)), get_language())
            self.fields[f"c{n}"] = _Open(
                label=line.title, choices=choices, widget=forms.RadioSelect, help_text=self._shown(line)
            )
            self.fields[f"v{n}"] = self._beside(line)
        self.fields["text"] = forms.CharField(
            label=_("Anything else we should know?"), required=False, strip=False,
            widget=forms.Textarea({"rows": 3, "maxlength": rules.LONGEST}),
        )  # fmt: skip

    def _shown(self, line: queries.Line) -> str:
        return str(_("On record: %(value)s") % {"value": line.value}) if line.value else ""

    def _beside(self, line: queries.Line) -> forms.Field:
        sort, kind = rules.sort_of(line.item)
        if sort == "paper":
            label = _("Photos or documents: %(paper)s") % {"paper": line.title}
            return Files(label=label, required=False)
        label = _("What is right: %(fact)s") % {"fact": line.title}
        if kind == "product":
            return forms.ChoiceField(
                label=label, required=False, choices=offered(products.choices(), get_language(), blank=True)
            )
        if kind == "occurred_on":
            return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}))
        if kind == "amount":
            help_text = _("In %(currency)s, for example 1280.50.") % {"currency": self.currency}
            return forms.CharField(
                label=label, required=False, max_length=24, help_text=help_text,
                widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
            )  # fmt: skip
        return forms.CharField(label=label, required=False, max_length=120)

    def clean_text(self) -> str:
        text, problem = voices.clean_text(self.cleaned_data.get("text", ""))
        if problem:
            raise forms.ValidationError(problem)
        if len(text) > rules.LONGEST:
            raise forms.ValidationError(_("The text is too long."))
        return text

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.choices: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.uploads: dict[str, list[tuple[str, Any]]] = {}
        for n, line in enumerate(self.lines):
            if f"c{n}" not in self.errors and f"v{n}" not in self.errors:
                self._one(n, line)
        return self.cleaned_data

    def _one(self, n: int, line: queries.Line) -> None:
        """What stands beside a choice says more than the choice: a file is "here", a correction is "wrong"."""
        choice, beside = self.cleaned_data.get(f"c{n}", ""), self.cleaned_data.get(f"v{n}")
        if line.is_paper:
            if beside:
                self.choices[line.item] = "here"
                self.uploads[line.item] = [(file.name or "", file.file) for file in beside]
                return
            if choice == "here":
                self.add_error(f"v{n}", _("Choose the file, or say that you send it later."))
                return
        else:
            value = self._value(n, line, beside)
            if f"v{n}" in self.errors:
                return
            if value and choice != "right":
                choice = "wrong" if line.value else "told"
                self.values[line.item] = value
            elif choice in rules.CORRECTED:
                self.add_error(f"v{n}", _("Please fill in what is right."))
                return
        if not choice:
            self.add_error(f"c{n}", _("Please choose an answer."))
            return
        self.choices[line.item] = choice

    def _value(self, n: int, line: queries.Line, beside: Any) -> str:
        """The correction as it is kept: a product's code, an ISO date, an amount with its currency, a name."""
        kind = rules.sort_of(line.item)[1]
        if kind == "amount":
            try:
                return _amount(beside or "", self.currency)
            except forms.ValidationError as wrong:
                self.add_error(f"v{n}", wrong)
                return ""
        if kind == "occurred_on":
            if beside and beside > self.today:
                self.add_error(f"v{n}", _("This day is still to come: %(day)s.") % {"day": date_format(beside)})
                return ""
            return beside.isoformat() if beside else ""
        text, problem = voices.clean_text(beside or "")
        if problem:
            self.add_error(f"v{n}", problem)
        return text.strip()
