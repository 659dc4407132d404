"""What staff enter: the words of a survey, a question, a sampling plan, a list."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.timezone import localdate, make_aware
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import Label, offered
from huiyin.listen.surveys.rules import sampling, servqual
from huiyin.listen.surveys.rules.questions import (
    ASPECTS,
    BY_ITEM,
    KINDS,
    LONGEST_TEXT,
    SCALES,
    TESTS,
    Condition,
    Content,
    Question,
    options_from,
)
from huiyin.listen.surveys.rules.states import CHANNELS


def _text(
    label: Any, *, lang: str, required: bool = False, rows: int = 0, help_text: Any = ""
) -> forms.CharField:  # fmt: skip
    """A text in one of the two languages: `lang` lets it be read aloud and spelt as such."""
    widget = forms.Textarea(attrs={"rows": rows, "lang": lang}) if rows else forms.TextInput(attrs={"lang": lang})
    return forms.CharField(label=label, required=required, max_length=LONGEST_TEXT, widget=widget, help_text=help_text)


class NewSurvey(forms.Form):
    title_zh = _text(_("Title in Chinese"), lang="zh-Hans", required=True)
    title_en = _text(_("Title in English"), lang="en", required=True)
    start = forms.ChoiceField(
        label=_("Begin with"), required=False,
        choices=[("", _("An empty survey")), ("servqual", _("The SERVQUAL study (22 pairs of expectation and finding)"))],
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Unit that runs it"), help_text=_("Its branches and outlets can see and use it."))

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]


class Words(forms.Form):
    """The words around the questions, and when a low score becomes a matter."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title_zh = _text(_("Title in Chinese"), lang="zh-Hans", required=True)
    title_en = _text(_("Title in English"), lang="en", required=True)
    intro_zh = _text(_("Introduction in Chinese"), lang="zh-Hans", rows=2)
    intro_en = _text(_("Introduction in English"), lang="en", rows=2)
    thanks_zh = _text(_("Thanks at the end in Chinese"), lang="zh-Hans", rows=2)
    thanks_en = _text(_("Thanks at the end in English"), lang="en", rows=2)
    low_question = forms.ChoiceField(
        label=_("A low score on this question is looked into by somebody"), required=False,
        help_text=_("It becomes a matter of its own, with an owner and a deadline, and is not surveyed again."),
    )  # fmt: skip
    low_at_most = forms.IntegerField(label=_("Low means at most"), required=False, min_value=0, max_value=10)

    def __init__(self, data: Any = None, *, content: Content, version: int) -> None:
        initial = {
            "version": version, "low_question": content.low_question,
            "low_at_most": content.low_at_most if content.low_question else None,
        }  # fmt: skip
        for name in ("title", "intro", "thanks"):
            label = getattr(content, name)
            initial |= {f"{name}_zh": label.zh, f"{name}_en": label.en}
        super().__init__(data, initial=initial)
        language = get_language() or "zh-hans"
        scored = [(q.code, q.text.word(language)) for q in content.questions if q.kind in ("csat", "nps", "ces")]
        self.fields["low_question"].choices = [("", "—"), *scored]  # type: ignore[attr-defined]

    def said(self, name: str) -> Label:
        return Label("", self.cleaned_data[f"{name}_zh"].strip(), self.cleaned_data[f"{name}_en"].strip())


class Asking(forms.Form):
    """One question. Choices are typed one a line in both languages; aspects are ticked."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind of question"))
    text_zh = _text(_("Question in Chinese"), lang="zh-Hans", required=True, rows=2)
    text_en = _text(
        _("Question in English"), lang="en", rows=2, help_text=_("Both languages are needed before it is published.")
    )
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    options = forms.CharField(
        label=_("Choices, one a line: Chinese | English"), required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}), help_text=_("Put the Chinese left of the bar and the English right of it."),
    )  # fmt: skip
    aspects = forms.MultipleChoiceField(
        label=_("Aspects to be scored"), required=False, widget=forms.CheckboxSelectMultiple
    )
    items = forms.MultipleChoiceField(
        label=_("Items of service to be scored"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("For what is expected and what is found: the same items in both."),
    )  # fmt: skip
    if_question = forms.ChoiceField(label=_("Show it only if this earlier question"), required=False)
    if_test = forms.ChoiceField(label=_("was answered so that it"), required=False)
    if_value = forms.CharField(
        label=_("Score or choice"), required=False, max_length=10,
        help_text=_("A figure for scores; for choices their number, 1 for the first."),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, content: Content, question: Question | None, version: int
    ) -> None:  # fmt: skip
        self.content, self.question = content, question
        super().__init__(data, initial=_initial(question, content) | {"version": version})
        language = get_language() or "zh-hans"
        here = [q.code for q in content.questions].index(question.code) if question else len(content.questions)
        before = [q for q in content.questions[:here] if q.kind not in ("text", *BY_ITEM)]
        self.fields["kind"].choices = offered(KINDS, get_language())  # type: ignore[attr-defined]
        self.fields["aspects"].choices = offered(ASPECTS, get_language())  # type: ignore[attr-defined]
        self.fields["items"].choices = [  # type: ignore[attr-defined]
            (dimension.word(language), offered(servqual.ITEMS[dimension.code], get_language()))
            for dimension in servqual.DIMENSIONS
        ]
        self.fields["if_question"].choices = [("", "—"), *[(q.code, q.text.word(language)) for q in before]]  # type: ignore[attr-defined]
        self.fields["if_test"].choices = offered(TESTS, get_language(), blank=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if kind in ("single", "multiple"):
            options, sound = options_from(data.get("options", ""))
            if not options:
                self.add_error("options", _("Please enter the choices."))
            elif not sound:
                self.add_error("options", _("Each line needs Chinese, a | and English; at most 20 lines."))
            self.made: tuple[Label, ...] = options
        elif kind == "matrix":
            chosen = set(data.get("aspects", ()))
            self.made = tuple(aspect for aspect in ASPECTS if aspect.code in chosen)
            if not self.made and "aspects" not in self.errors:
                self.add_error("aspects", _("Please choose at least one aspect."))
        elif kind in servqual.SIDES:
            ticked = set(data.get("items", ()))
            self.made = tuple(label for code, label in servqual.ITEM.items() if code in ticked)
            if not self.made and "items" not in self.errors:
                self.add_error("items", _("Please choose at least one item."))
        else:
            self.made = ()
        if data.get("if_question") and not (data.get("if_test") and data.get("if_value", "").strip()):
            self.add_error("if_value", _("Please say which answer."))
        return data

    def asked(self, code: str) -> Question:
        data = self.cleaned_data
        return Question(
            code=code, kind=data["kind"], text=Label("", data["text_zh"].strip(), data["text_en"].strip()),
            required=data["required"], options=self.made, condition=self._condition(),
        )  # fmt: skip

    def _condition(self) -> Condition | None:
        data = self.cleaned_data
        if not data["if_question"]:
            return None
        base, value = self.content.question(data["if_question"]), data["if_value"].strip()
        if base and base.kind in ("single", "multiple") and value.isdecimal():
            number = int(value)
            value = base.options[number - 1].code if 1 <= number <= len(base.options) else value
        return Condition(data["if_question"], data["if_test"], value)


def _initial(question: Question | None, content: Content) -> dict[str, Any]:
    if question is None:
        return {"kind": "csat", "required": True}
    found: dict[str, Any] = {
        "kind": question.kind, "text_zh": question.text.zh, "text_en": question.text.en, "required": question.required,
    }  # fmt: skip
    if question.kind == "matrix":
        found["aspects"] = [option.code for option in question.options]
    elif question.kind in servqual.SIDES:
        found["items"] = [option.code for option in question.options]
    else:
        found["options"] = "\n".join(f"{option.zh} | {option.en}" for option in question.options)
    if question.condition:
        base = content.question(question.condition.question)
        codes = [option.code for option in base.options] if base and base.kind not in SCALES else []
        value = question.condition.value
        found |= {
            "if_question": question.condition.question, "if_test": question.condition.test,
            "if_value": str(codes.index(value) + 1) if value in codes else value,
        }  # fmt: skip
    return found


class Planning(forms.Form):
    """A sampling plan in the words of whoever answers for it; percentages are whole points."""

    name = forms.CharField(label=_("Name of this wave"), max_length=80)
    unit = forms.ChoiceField(label=_("Customers of"))
    frame = forms.ChoiceField(label=_("Whom it is drawn from"), widget=forms.RadioSelect)
    from_day = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until_day = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    strata = forms.MultipleChoiceField(
        label=_("Divided by"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The segment is known for imported lists, the channel for matters."),
    )  # fmt: skip
    margin = forms.DecimalField(label=_("Margin of error (± points)"), min_value=1, max_value=20, initial=5, max_digits=3, decimal_places=1)  # fmt: skip
    confidence = forms.TypedChoiceField(label=_("Confidence"), coerce=int, choices=[(n, f"{n}%") for n in sampling.Z], initial=95)  # fmt: skip
    allocation = forms.ChoiceField(label=_("How the sample is shared out"), initial="proportional")
    expected_rate = forms.DecimalField(
        label=_("Expected response rate (%)"), min_value=1, max_value=100, initial=20, max_digits=4, decimal_places=1
    )
    channel = forms.ChoiceField(label=_("Invitations go by"))
    rest_days = forms.IntegerField(
        label=_("Leave out who was invited within so many days"), min_value=0, max_value=365, initial=30,
        help_text=_("Over all surveys. Who asked not to be surveyed is always left out."),
    )  # fmt: skip
    remind_after_days = forms.IntegerField(
        label=_("Remind once after so many days"), required=False, min_value=1, max_value=60, initial=7
    )
    ends_on = forms.DateField(label=_("Last day to answer"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, units: list[tuple[str, str]], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        today = localdate(at)
        first = {"from_day": today - timedelta(days=30), "until_day": today, "ends_on": today + timedelta(days=21)}
        for name, value in first.items():
            self.fields[name].initial = value
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        for name, labels in (
            ("frame", sampling.FRAMES), ("strata", sampling.STRATA), ("allocation", sampling.ALLOCATIONS),
            ("channel", CHANNELS),
        ):  # fmt: skip
            self.fields[name].choices = offered(labels, get_language())  # type: ignore[attr-defined]
        self.fields["frame"].initial = "closed"
        self.fields["strata"].initial = ["unit"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        today = localdate(self.at)
        if data.get("frame") in ("closed", "voices"):
            for name in ("from_day", "until_day"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Please enter a day."))
            start, end = data.get("from_day"), data.get("until_day")
            if start and end and start > end:
                self.add_error("until_day", _("The end lies before the beginning."))
            if start and end and ((end - start).days > 3660 or start.year < 2000 or end.year > today.year + 1):
                self.add_error("until_day", _("The period is at most ten years."))
        end = data.get("ends_on")
        if end and not today <= end <= today + timedelta(days=365):
            self.add_error("ends_on", _("Choose a day from today to a year from now."))
        return data

    def planned(self) -> dict[str, Any]:
        data = self.cleaned_data
        listed = data["frame"] == "list"
        return {
            "title": data["name"], "frame": data["frame"], "from_day": None if listed else data["from_day"],
            "until_day": None if listed else data["until_day"],
            "strata": tuple(s.code for s in sampling.STRATA if s.code in data["strata"]),
            "margin": data["margin"] / Decimal(100), "confidence": data["confidence"],
            "allocation": data["allocation"], "expected_rate": data["expected_rate"] / Decimal(100),
            "channel": data["channel"], "rest_days": data["rest_days"],
            "remind_after_days": data["remind_after_days"],
            "ends_at": make_aware(datetime.combine(data["ends_on"] + timedelta(days=1), time())),
        }  # fmt: skip


class Sheet(forms.Form):
    file = forms.FileField(label=_("List as CSV or Excel"), help_text=_("Name, phone, e-mail, unit code, product, segment, language. A phone or an e-mail is needed."))  # fmt: skip
