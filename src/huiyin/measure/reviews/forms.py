"""What is filled in on the pages of quality reviews."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff.queries import Staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel.label import Label, Named
from huiyin.measure.reviews.rules import words

LONGEST = 1000


def _language() -> str:
    return get_language() or "zh-hans"


def choices(labels: Iterable[Label], blank: bool = True) -> list[tuple[str, str]]:
    found = [(label.code, label.word(_language())) for label in labels]
    return [("", "—"), *found] if blank else found


class ScoreForm(forms.Form):
    """A scorecard to fill in: for each item a mark and a ground, a remark on the whole, and the token of the version."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, card: standards.Scorecard, data: Any = None, *, marks: Mapping[str, str] | None = None,
                 grounds: Mapping[str, str] | None = None, version: int = 1) -> None:  # fmt: skip
        initial: dict[str, Any] = {"version": version, "note": (grounds or {}).get("", "")}
        for item in card.items:
            initial[f"mark-{item.code}"] = (marks or {}).get(item.code, "")
            initial[f"why-{item.code}"] = (grounds or {}).get(item.code, "")
        super().__init__(data, initial=initial)
        self.card = card
        for item in card.items:
            self.fields[f"mark-{item.code}"] = forms.ChoiceField(
                label=item.label.word(_language()), choices=_marks(item), required=False,
                widget=forms.RadioSelect, help_text=_help(item),
            )  # fmt: skip
            self.fields[f"why-{item.code}"] = forms.CharField(
                label=_("What you saw"), required=False, max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST}),
            )  # fmt: skip
        self.fields["note"] = forms.CharField(
            label=_("On the whole"), required=False, max_length=LONGEST,
            help_text=_("What was good, and what to do better next time. The person reviewed reads it."),
            widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST}),
        )  # fmt: skip

    def sections(self) -> list[tuple[Label, list[tuple[standards.Item, Any, Any]]]]:
        """Section by section: item, the field of its mark, the field of its ground."""
        return [
            (section.label, [(item, self[f"mark-{item.code}"], self[f"why-{item.code}"]) for item in section.items])
            for section in self.card.sections
        ]

    def marks(self) -> dict[str, str]:
        return {item.code: mark for item in self.card.items if (mark := self.cleaned_data.get(f"mark-{item.code}", ""))}

    def grounds(self) -> dict[str, str]:
        found = {item.code: self.cleaned_data.get(f"why-{item.code}", "") for item in self.card.items}
        return found | {"": self.cleaned_data.get("note", "")}

    def show_gaps(self, gaps: Sequence[standards.Gap]) -> None:
        for gap in gaps:
            field = f"why-{gap.item}" if gap.why == "no_ground" else f"mark-{gap.item}" if gap.item else None
            self.add_error(field, words.GAPS[gap.why].word(_language()))


def _marks(item: standards.Item) -> list[tuple[str, str]]:
    return [
        (mark, words.MARKS[mark].word(_language()) if mark in words.MARKS else mark) for mark in item.marks
    ]  # fmt: skip


def _help(item: standards.Item) -> str:
    return item.help.word(_language())


class RulingForm(ScoreForm):
    """An objection is decided: the score stands, or the form beside it is filled in anew."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=LONGEST, help_text=_("The person reviewed and the reviewer read it."),
            widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST}),
        )  # fmt: skip


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class ObjectForm(VersionForm):
    reason = forms.CharField(
        label=_("Why you object"), max_length=LONGEST,
        help_text=_("Name the items and what shows that the score is wrong."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST}),
    )  # fmt: skip


class GiveForm(VersionForm):
    number = forms.CharField(label=_("Staff number"), max_length=16)


class WithdrawForm(VersionForm):
    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices(words.WITHDRAWALS.values())  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """A plan. `unit` is a code. What cannot change once it was drawn is asked only when it is made (`fresh`)."""

    code = forms.SlugField(label=_("Code"), max_length=32, help_text=_("Letters, digits and hyphens."))
    sort = forms.ChoiceField(label=_("What is reviewed"))
    scorecard = forms.ChoiceField(label=_("Scorecard"))
    unit = forms.ChoiceField(label=_("Units"))
    period = forms.ChoiceField(label=_("How often"))
    minimum = forms.IntegerField(label=_("At least so many of each person"), min_value=0, max_value=100, initial=2)
    capacity = forms.IntegerField(
        label=_("At most so many for each reviewer"),
        min_value=0,
        max_value=1000,
        initial=40,
        help_text=_("0: no limit."),
    )
    double = forms.IntegerField(label=_("Reviewed twice, blind (%)"), min_value=0, max_value=100, initial=20)
    margin = forms.IntegerField(
        label=_("A third decides beyond so many points"), min_value=0, max_value=100, initial=10
    )
    days = forms.IntegerField(label=_("Working days to review, and to object"), min_value=1, max_value=60, initial=5)
    high_redress = forms.IntegerField(label=_("High redress from (yuan)"), min_value=0, max_value=10**9, initial=1000)
    new_days = forms.IntegerField(label=_("New in post for so many days"), min_value=0, max_value=730, initial=90)
    active = forms.BooleanField(label=_("Drawn by itself when the period is over"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    FRESH = ("code", "sort", "scorecard", "unit", "period")
    RATES = {"late": 50, "reopened": 50, "dissatisfied": 50, "high_redress": 100, "vulnerable": 30, "new_staff": 20,
             "base": 5}  # fmt: skip

    def __init__(self, data: Any = None, *, units: Sequence[tuple[str, Named]] = (), fresh: bool = True,
                 initial: dict[str, Any] | None = None) -> None:  # fmt: skip
        super().__init__(data, initial=initial or {})
        language = _language()
        if fresh:
            options: dict[str, list[tuple[str, str]]] = {
                "sort": choices(words.SORTS.values(), blank=False),
                "scorecard": [(card.code, card.label.word(language)) for card in standards.scorecards()],
                "unit": [(code, name.word(language)) for code, name in units],
                "period": choices((words.PERIODS["month"], words.PERIODS["week"]), blank=False),
            }
            for name, found in options.items():
                self.fields[name].choices = found  # type: ignore[attr-defined]
        else:
            for name in self.FRESH:
                del self.fields[name]
        for stratum in (*words.RISKS, "base"):
            label = words.STRATA[stratum].word(language)
            self.fields[f"rate-{stratum}"] = forms.IntegerField(
                label=_("%(what)s: percent") % {"what": label}, min_value=0, max_value=100, initial=self.RATES[stratum]
            )
            self.fields[f"least-{stratum}"] = forms.IntegerField(
                label=_("%(what)s: at least") % {"what": label}, min_value=0, max_value=10_000, initial=0
            )

    def quota_fields(self) -> list[tuple[Label, Any, Any]]:
        return [(words.STRATA[one], self[f"rate-{one}"], self[f"least-{one}"]) for one in (*words.RISKS, "base")]

    def plain_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if not name.startswith(("rate-", "least-"))]

    def quotas(self) -> dict[str, tuple[int, int]]:
        said = self.cleaned_data
        return {one: (said[f"rate-{one}"], said[f"least-{one}"]) for one in (*words.RISKS, "base")}

    def settings(self) -> dict[str, Any]:
        names = ("minimum", "capacity", "double", "margin", "days", "new_days", "active")
        return {name: self.cleaned_data[name] for name in names} | {
            "high_redress": self.cleaned_data["high_redress"] * 100
        }


class SessionForm(forms.Form):
    sort = forms.ChoiceField(label=_("What is scored"))
    number = forms.CharField(label=_("Number"), max_length=40, help_text=_("Of the case, the call or the chat."))
    scorecard = forms.ChoiceField(label=_("Scorecard"))
    reviewers = forms.MultipleChoiceField(label=_("Who takes part"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, people: Sequence[Staff] = ()) -> None:
        super().__init__(data)
        language = _language()
        options = {
            "sort": choices(words.SORTS.values(), blank=False),
            "scorecard": [(card.code, card.label.word(language)) for card in standards.scorecards()],
            "reviewers": [(str(one.pk), f"{one.word(language)} · {one.number}") for one in people],
        }
        for name, found in options.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]


class ScorecardForm(forms.Form):
    body = forms.CharField(
        label=_("Scorecard as TOML"), max_length=60_000, widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
        help_text=_("Start from the version in use, raise its number by one, and let the weights add up to 100."),
    )  # fmt: skip


class CardForm(forms.Form):
    """A scorecard as fields: what stands, two empty lines in each section and one new section. A line without words is
    left out; the codes of what stands never change, so that figures by item go on."""

    NEW = 2

    def __init__(self, card: standards.Scorecard, data: Any = None) -> None:
        super().__init__(data)
        self.card = card
        whole, words = forms.IntegerField, forms.CharField
        self._own: dict[str, forms.Field] = {
            "zh": words(label=_("Name in Chinese"), max_length=400, initial=card.label.zh),
            "en": words(label=_("Name in English"), max_length=400, initial=card.label.en),
            "text_zh": words(label=_("What it is for, in Chinese"), max_length=400, initial=card.text.zh),
            "text_en": words(label=_("What it is for, in English"), max_length=400, initial=card.text.en),
            "kinds": forms.MultipleChoiceField(
                label=_("For"), choices=choices(standards.SCORED_KINDS.values(), blank=False), initial=list(card.kinds),
                widget=forms.CheckboxSelectMultiple,
            ),
            "pass": whole(label=_("Pass mark"), min_value=0, max_value=100, initial=card.passing),
            "critical": forms.ChoiceField(
                label=_("If a critical item is missed"), choices=choices(words_of_critical(), blank=False),
                initial=card.critical, widget=forms.RadioSelect,
            ),
            "cap": whole(label=_("At most so many points then"), min_value=0, max_value=100, initial=card.cap, required=False),
        }  # fmt: skip
        self.fields.update(self._own)
        self._lines: dict[str, list[str]] = {}
        for section in card.sections:
            self._add_section(section.code, section.label, list(section.items))
        self._add_section(_unused("section", [one.code for one in card.sections]), None, [])

    def _add_section(self, code: str, label: Label | None, items: list[standards.Item]) -> None:
        for name, title, value in (("zh", _("Section in Chinese"), label.zh if label else ""),
                                   ("en", _("Section in English"), label.en if label else "")):  # fmt: skip
            self.fields[f"s-{code}-{name}"] = forms.CharField(
                label=title, max_length=400, initial=value, required=False
            )
        known = [item.code for item in self.card.items] + [line for lines in self._lines.values() for line in lines]
        self._lines[code] = [item.code for item in items]
        for item in items:
            self._add_item(item.code, item)
        for _n in range(self.NEW):
            fresh = _unused("item", [*known, *self._lines[code]])
            self._lines[code].append(fresh)
            self._add_item(fresh, None)

    def _add_item(self, code: str, item: standards.Item | None) -> None:
        text: dict[str, Any] = {"max_length": 400, "required": False}
        answers = [Label("yesno", "是或否", "Yes or no"), Label("scale", "分值", "A scale")]
        grounds = [
            Label("none", "不要求", "Not demanded"), Label("miss", "未得满分时", "Where it is not the full mark"),
            Label("always", "一律", "Always"),
        ]  # fmt: skip
        self.fields |= {
            f"i-{code}-zh": forms.CharField(label=_("Item in Chinese"), initial=item.label.zh if item else "", **text),
            f"i-{code}-en": forms.CharField(label=_("Item in English"), initial=item.label.en if item else "", **text),
            f"i-{code}-help_zh": forms.CharField(label=_("Help in Chinese"), initial=item.help.zh if item else "", **text),
            f"i-{code}-help_en": forms.CharField(label=_("Help in English"), initial=item.help.en if item else "", **text),
            f"i-{code}-answer": forms.ChoiceField(
                label=_("Answer"), choices=choices(answers, blank=False), initial=item.answer if item else "yesno", required=False,
            ),
            f"i-{code}-points": forms.IntegerField(
                label=_("Highest mark of the scale"), min_value=1, max_value=10, initial=item.points if item else 3, required=False,
            ),
            f"i-{code}-weight": forms.IntegerField(
                label=_("Weight"), min_value=0, max_value=100, initial=item.weight if item else 0, required=False
            ),
            f"i-{code}-evidence": forms.ChoiceField(
                label=_("A ground in writing"), choices=choices(grounds, blank=False),
                initial=item.evidence if item else "miss", required=False,
            ),
            f"i-{code}-na": forms.BooleanField(label=_("May not apply"), initial=bool(item and item.na), required=False),
            f"i-{code}-critical": forms.BooleanField(
                label=_("Critical item"), initial=bool(item and item.critical), required=False
            ),
        }  # fmt: skip

    def own(self) -> list[Any]:
        return [self[name] for name in self._own]

    def sections(self) -> list[tuple[str, list[Any], list[tuple[str, bool, list[Any]]]]]:
        """(name, its fields, its items as (name, is there an error in it, fields)) for the page."""
        found = []
        for code, lines in self._lines.items():
            head = [self[f"s-{code}-zh"], self[f"s-{code}-en"]]
            items = []
            for line in lines:
                fields = [self[name] for name in self.fields if name.startswith(f"i-{line}-")]
                title = str(self[f"i-{line}-{'en' if _language() == 'en' else 'zh'}"].value() or "")
                weight = self[f"i-{line}-weight"].value()
                items.append((f"{title} · {weight}" if title else "", any(field.errors for field in fields), fields))
            found.append((str(head[0].value() or ""), head, items))
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        total, has = 0, False
        for code, lines in self._lines.items():
            kept = [line for line in lines if said.get(f"i-{line}-zh") or said.get(f"i-{line}-en")]
            for name in ("zh", "en"):
                if kept and not said.get(f"s-{code}-{name}") and not self.errors.get(f"s-{code}-{name}"):
                    self.add_error(f"s-{code}-{name}", _("Write it in both languages."))
            for line in kept:
                has = True
                total += said.get(f"i-{line}-weight") or 0
                for zh, en in (("zh", "en"), ("help_zh", "help_en")):
                    for mine, other in ((zh, en), (en, zh)):
                        if said.get(f"i-{line}-{other}") and not said.get(f"i-{line}-{mine}"):
                            self.add_error(f"i-{line}-{mine}", _("Write it in both languages."))
                if not said.get(f"i-{line}-weight") and not said.get(f"i-{line}-critical"):
                    self.add_error(f"i-{line}-weight", _("Give it a weight, or make it a critical item."))
        if not has:
            self.add_error(None, _("A scorecard needs at least one item."))
        elif total != 100:
            self.add_error(None, _("The weights add up to %(total)s. They must add up to 100.") % {"total": total})
        return said

    def table(self, version: int) -> dict[str, Any]:
        """What was filled in, as a scorecard is written down."""
        said = self.cleaned_data
        sections = []
        for code, lines in self._lines.items():
            items = [self._item(line) for line in lines if said[f"i-{line}-zh"]]
            if items:
                sections.append({"code": code, "zh": said[f"s-{code}-zh"], "en": said[f"s-{code}-en"], "item": items})
        own = {name: said[name] for name in ("zh", "en", "text_zh", "text_en", "kinds", "pass", "critical")}
        return own | {"code": self.card.code, "version": version, "cap": said["cap"] or 0, "section": sections}

    def _item(self, line: str) -> dict[str, Any]:
        said = self.cleaned_data
        found: dict[str, Any] = {"code": line} | {
            name: said[f"i-{line}-{name}"] for name in ("zh", "en", "evidence", "na", "critical")
        }
        found |= {"answer": said[f"i-{line}-answer"] or "yesno", "weight": said[f"i-{line}-weight"] or 0}
        if found["answer"] == "scale":
            found["points"] = said[f"i-{line}-points"] or 3
        if said[f"i-{line}-help_zh"]:
            found |= {"help_zh": said[f"i-{line}-help_zh"], "help_en": said[f"i-{line}-help_en"]}
        return found


def words_of_critical() -> list[Label]:
    return [
        Label("zero", "总分计 0 分", "The whole counts 0"),
        Label("cap", "总分不超过上限", "The whole counts no more than a limit"),
    ]


def _unused(stem: str, known: Iterable[str]) -> str:
    taken = set(known)
    return next(name for n in range(1, 200) if (name := f"{stem}_{n}") not in taken)
