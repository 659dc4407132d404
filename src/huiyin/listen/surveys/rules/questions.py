"""What a survey asks: its questions, when each is shown, what is wrong with a draft, and what counts as an answer.

A survey is kept as plain JSON and read into frozen values here. Conditions look back only, so there are no circles.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from huiyin.kernel.label import Label
from huiyin.listen.surveys.rules import servqual
from huiyin.listen.surveys.rules.scores import DIMENSIONS, SCORES, figure

KINDS = (
    Label("csat", "满意度（1–5 分）", "Satisfaction (1–5)"),
    Label("nps", "推荐意愿 NPS（0–10 分）", "Recommendation, NPS (0–10)"),
    Label("ces", "办理省力度 CES（1–7 分）", "Ease, CES (1–7)"),
    Label("matrix", "分项评分（每项 1–5 分）", "Scores by aspect (1–5 each)"),
    Label("expected", "服务期望（每项 1–7 分）", "What is expected of service (1–7 each)"),
    Label("perceived", "服务实感（每项 1–7 分）", "What is found of service (1–7 each)"),
    Label("single", "单选题", "One choice"),
    Label("multiple", "多选题", "Several choices"),
    Label("text", "文字回答", "Words of their own"),
)
KIND = {label.code: label for label in KINDS}
SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7), "matrix": (1, 5), "expected": (1, 7), "perceived": (1, 7)}
BY_ITEM = ("matrix", *servqual.SIDES)  # kinds that are scored item by item
ASPECTS = (
    *DIMENSIONS,
    Label("environment", "服务环境", "Surroundings"),
    Label("channels", "渠道便利", "Convenience of the channels"),
)
EASE = (
    Label("7", "非常同意", "Strongly agree"),
    Label("6", "同意", "Agree"),
    Label("5", "比较同意", "Somewhat agree"),
    Label("4", "说不清", "Neither agree nor disagree"),
    Label("3", "不太同意", "Somewhat disagree"),
    Label("2", "不同意", "Disagree"),
    Label("1", "非常不同意", "Strongly disagree"),
)
TESTS = (
    Label("at_most", "不高于", "is at most"),
    Label("at_least", "不低于", "is at least"),
    Label("is", "是（或包含）", "is (or includes)"),
    Label("is_not", "不是（也不包含）", "is not (nor includes)"),
)
TEST = {label.code: label for label in TESTS}
MOST_QUESTIONS, MOST_OPTIONS, LONGEST_TEXT, LONGEST_ANSWER = 40, 20, 300, 2000
NOTHING = Label("", "", "")


@dataclass(frozen=True)
class Condition:
    """Show a question only if an earlier one was answered so."""

    question: str
    test: str
    value: str


@dataclass(frozen=True)
class Question:
    """`options`: the choices, or the aspects of a matrix. `text` and options have a word in each language."""

    code: str
    kind: str
    text: Label
    required: bool = False
    options: tuple[Label, ...] = ()
    condition: Condition | None = None


@dataclass(frozen=True)
class Content:
    """All that a version of a survey says. A score of `low_question` at or below `low_at_most` opens a matter."""

    title: Label
    intro: Label = NOTHING
    thanks: Label = NOTHING
    questions: tuple[Question, ...] = ()
    low_question: str = ""
    low_at_most: int = 0

    def question(self, code: str) -> Question | None:
        return next((question for question in self.questions if question.code == code), None)

    def first(self, kind: str) -> Question | None:
        return next((question for question in self.questions if question.kind == kind), None)


@dataclass(frozen=True)
class Fault:
    """Why a draft cannot be published. `where`: the code of a question, or ''."""

    code: str
    where: str = ""


FAULTS = {
    label.code: label
    for label in (
        Label("empty", "问卷还没有题目。", "The survey has no questions yet."),
        Label("language", "缺少中文或英文文字。", "The Chinese or the English text is missing."),
        Label("options", "至少需要两个不同的选项。", "It needs at least two different options."),
        Label("aspects", "至少需要一个评分项。", "It needs at least one aspect."),
        Label("pair", "每个服务项目都须同时询问期望与实感。", "Each item of service must be asked as expected and as found."),
        Label("unknown", "显示条件所指的题目不存在。", "Its condition names a question that is not there."),
        Label("forward", "显示条件只能取决于前面的题目。", "Its condition must look back at an earlier question."),
        Label("condition", "显示条件与所指题目的答案不符。", "Its condition does not fit the answers of that question."),
        Label("unreachable", "这道题永远不会显示。", "It can never be shown."),
        Label("low", "低分规则须指向一道满意度、推荐或省力度题，分值须在量程之内。",
              "The low-score rule must name a score question, with a value inside its scale."),
    )
}  # fmt: skip


def content_from(plain: Mapping[str, Any]) -> Content:
    return Content(
        title=_label("", plain.get("title")), intro=_label("", plain.get("intro")),
        thanks=_label("", plain.get("thanks")), questions=tuple(_question(one) for one in plain.get("questions", ())),
        low_question=plain.get("low_question", ""), low_at_most=plain.get("low_at_most", 0),
    )  # fmt: skip


def as_plain(content: Content) -> dict[str, Any]:
    """As the table keeps it; `content_from` reads it back."""
    return {
        "title": _words(content.title), "intro": _words(content.intro), "thanks": _words(content.thanks),
        "low_question": content.low_question, "low_at_most": content.low_at_most,
        "questions": [
            {
                "code": q.code, "kind": q.kind, "text": _words(q.text), "required": q.required,
                "options": [{"code": o.code, **_words(o)} for o in q.options],
                "condition": vars(q.condition) if q.condition else None,
            }
            for q in content.questions
        ],
    }  # fmt: skip


def with_question(content: Content, question: Question) -> Content:
    """The content with this question in the place of the one of its code, or at the end."""
    if content.question(question.code):
        return replace(content, questions=tuple(question if q.code == question.code else q for q in content.questions))
    return replace(content, questions=(*content.questions, question))


def moved(content: Content, code: str, by: int) -> Content:
    """The question one place earlier (-1) or later (1); at an end it stays."""
    questions = list(content.questions)
    here = next((i for i, q in enumerate(questions) if q.code == code), None)
    if here is not None and 0 <= here + by < len(questions):
        questions[here], questions[here + by] = questions[here + by], questions[here]
    return replace(content, questions=tuple(questions))


def without(content: Content, code: str) -> Content:
    low = {"low_question": "", "low_at_most": 0} if content.low_question == code else {}
    return replace(content, questions=tuple(q for q in content.questions if q.code != code), **low)  # type: ignore[arg-type]


def next_code(content: Content) -> str:
    """q1, q2 … never one that is in use."""
    used = [int(q.code[1:]) for q in content.questions if q.code[1:].isdigit()]
    return f"q{max(used, default=0) + 1}"


def servqual_content(title: Label) -> Content:
    """The study ready to be published: per dimension what is expected, then, in the same order, what is found."""
    asked = [
        Question(
            code=f"q{n}", kind=kind, required=True, options=servqual.ITEMS[dimension.code],
            text=Label(
                "", servqual.STEMS[kind].zh.format(of=dimension.zh), servqual.STEMS[kind].en.format(of=dimension.en)
            ),
        )
        for n, (kind, dimension) in enumerate(
            ((kind, dimension) for kind in servqual.SIDES for dimension in servqual.DIMENSIONS), 1
        )
    ]  # fmt: skip
    intro = Label(
        "", "问卷分两部分：先问您对一家好银行的期望，再问本行实际做得如何，约需六分钟。",
        "First we ask what you expect of an excellent bank, then how we do. It takes about six minutes.",
    )  # fmt: skip
    return Content(title=title, intro=intro, questions=tuple(asked))


def faults(content: Content) -> list[Fault]:
    """Everything that keeps a draft from being published."""
    found = [] if content.questions else [Fault("empty")]
    if not _both(content.title) or any(_half(text) for text in (content.intro, content.thanks)):
        found.append(Fault("language"))
    reachable: dict[str, Question] = {}
    known = {q.code for q in content.questions}
    for question in content.questions:
        found += [Fault(code, question.code) for code in _wording_faults(question)]
        wrong = _condition_fault(question, reachable, known)
        if wrong:
            found.append(Fault(wrong, question.code))
        else:
            reachable[question.code] = question
    if servqual.unpaired(*(_items(content, kind) for kind in servqual.SIDES)):
        found.append(Fault("pair"))
    return found + ([Fault("low")] if _low_is_wrong(content) else [])


def _items(content: Content, kind: str) -> list[str]:
    return [option.code for q in content.questions if q.kind == kind for option in q.options]


def _wording_faults(question: Question) -> Iterable[str]:
    if not _both(question.text) or not all(_both(option) for option in question.options):
        yield "language"
    if question.kind in ("single", "multiple"):
        names = {(option.zh, option.en) for option in question.options}
        if len(names) < 2 or len(names) < len(question.options):
            yield "options"
    if question.kind in BY_ITEM and not question.options:
        yield "aspects"


def _condition_fault(question: Question, before: Mapping[str, Question], known: set[str]) -> str:
    condition = question.condition
    if condition is None:
        return ""
    base = before.get(condition.question)
    if base is None:
        later = condition.question in known
        return "forward" if later else "unknown"
    if base.kind in ("csat", "nps", "ces"):
        low, high = SCALES[base.kind]
        value = figure(condition.value, -9, 99)
        if value is None or condition.test not in TEST:
            return "condition"
        shown = [n for n in range(low, high + 1) if _passes(condition.test, n, value)]
        return "" if shown else "unreachable"
    if base.kind in ("single", "multiple"):
        fits = condition.test in ("is", "is_not") and condition.value in {option.code for option in base.options}
        return "" if fits else "condition"
    return "condition"


def _low_is_wrong(content: Content) -> bool:
    if not content.low_question:
        return False
    question = content.question(content.low_question)
    if question is None or question.kind not in ("csat", "nps", "ces"):
        return True
    low, high = SCALES[question.kind]
    return not low <= content.low_at_most < high


def _passes(test: str, given: int, value: int) -> bool:
    return {"at_most": given <= value, "at_least": given >= value, "is": given == value, "is_not": given != value}[test]


def is_shown(question: Question, content: Content, answers: Mapping[str, Any]) -> bool:
    """A question whose earlier one was not shown, or not answered, is not shown either."""
    condition = question.condition
    if condition is None:
        return True
    base = content.question(condition.question)
    given = answers.get(condition.question)
    if base is None or given is None or not is_shown(base, content, answers):
        return False
    if isinstance(given, int):
        value = figure(condition.value, -9, 99)
        return value is not None and _passes(condition.test, given, value)
    has = condition.value in (given if isinstance(given, list) else [given])
    return has if condition.test == "is" else not has


def shown(content: Content, answers: Mapping[str, Any]) -> list[Question]:
    return [question for question in content.questions if is_shown(question, content, answers)]


def kept(content: Content, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Only the answers to questions that are shown: whoever went back and chose otherwise leaves no trace."""
    return {q.code: answers[q.code] for q in shown(content, answers) if q.code in answers}


def missing(content: Content, answers: Mapping[str, Any]) -> Question | None:
    """The first question shown that must be answered and is not."""
    return next((q for q in shown(content, answers) if q.required and q.code not in answers), None)


@dataclass(frozen=True)
class Taken:
    """An answer as it is kept, or the code of what is wrong with it. None: left open, which is allowed."""

    value: Any = None
    wrong: str = ""


def take(question: Question, given: Sequence[str] = (), rows: Mapping[str, str] | None = None) -> Taken:
    """What was sent for a question. `given`: the values of the field; `rows`: those of a matrix by aspect.

    Wrong: required | scale | choice | long. Words are cleaned by the caller before.
    """
    if question.kind in BY_ITEM:
        return _take_matrix(question, rows or {})
    values = [value for value in given if value.strip()]
    if not values:
        return Taken(wrong="required" if question.required else "")
    if question.kind in SCALES:
        number = figure(values[0], *SCALES[question.kind]) if len(values) == 1 else None
        return Taken(wrong="scale") if number is None else Taken(number)
    if question.kind == "text":
        return Taken(wrong="long") if len(values[0]) > LONGEST_ANSWER else Taken(values[0])
    codes = {option.code for option in question.options}
    if not set(values) <= codes or (question.kind == "single" and len(values) > 1):
        return Taken(wrong="choice")
    return Taken(values[0] if question.kind == "single" else [o.code for o in question.options if o.code in values])


def _take_matrix(question: Question, rows: Mapping[str, str]) -> Taken:
    found = {}
    for option in question.options:
        given = rows.get(option.code, "")
        if not given.strip():
            if question.required:
                return Taken(wrong="required")
            continue
        number = figure(given, *SCALES[question.kind])
        if number is None:
            return Taken(wrong="scale")
        found[option.code] = number
    return Taken(found or None)


def choices(question: Question) -> tuple[Label, ...]:
    """What can be chosen, best first; an NPS scale stands as it is asked, from 0 to 10."""
    if question.kind in ("csat", "matrix"):
        return SCORES
    if question.kind in ("ces", *servqual.SIDES):
        return EASE
    if question.kind == "nps":
        return tuple(Label(str(n), str(n), str(n)) for n in range(11))
    return question.options


@dataclass(frozen=True)
class Scores:
    """What an answered survey says in figures: whole numbers, and the aspects by code."""

    csat: int | None = None
    nps: int | None = None
    ces: int | None = None
    aspects: Mapping[str, int] = field(default_factory=dict)
    gaps: Mapping[str, float] = field(default_factory=dict)  # found less expected, by dimension of service


def scores(content: Content, answers: Mapping[str, Any]) -> Scores:
    """The first question of each kind counts; aspects of all matrices."""
    given = kept(content, answers)
    found = {}
    for kind in ("csat", "nps", "ces"):
        question = content.first(kind)
        found[kind] = given.get(question.code) if question else None
    aspects = {
        aspect: score
        for q in content.questions
        if q.kind == "matrix" and q.code in given
        for aspect, score in given[q.code].items()
    }
    sides: dict[str, dict[str, int]] = {kind: {} for kind in servqual.SIDES}
    for q in content.questions:
        if q.kind in sides and q.code in given:
            sides[q.kind] |= given[q.code]
    return Scores(**found, aspects=aspects, gaps=servqual.gaps(**sides))


def is_low(content: Content, answers: Mapping[str, Any]) -> bool:
    value = kept(content, answers).get(content.low_question) if content.low_question else None
    return isinstance(value, int) and value <= content.low_at_most


def options_from(lines: str) -> tuple[tuple[Label, ...], bool]:
    """Options as typed, one a line, Chinese | English; codes a, b, c. False if a line has not exactly both."""
    found, sound = [], True
    for number, line in enumerate(line for line in lines.splitlines() if line.strip()):
        zh, bar, en = line.replace("｜", "|").partition("|")
        sound = sound and bool(bar) and "|" not in en
        found.append(Label(f"o{number + 1}", zh.strip(), en.strip()))
    return tuple(found), sound and len(found) <= MOST_OPTIONS


def _question(plain: Mapping[str, Any]) -> Question:
    return Question(
        code=plain["code"], kind=plain["kind"], text=_label("", plain["text"]), required=plain["required"],
        options=tuple(_label(o["code"], o) for o in plain["options"]),
        condition=Condition(**plain["condition"]) if plain["condition"] else None,
    )  # fmt: skip


def _label(code: str, words: Mapping[str, str] | None) -> Label:
    return Label(code, (words or {}).get("zh", ""), (words or {}).get("en", ""))


def _words(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _both(label: Label) -> bool:
    return bool(label.zh.strip()) and bool(label.en.strip())


def _half(label: Label) -> bool:
    return bool(label.zh.strip()) != bool(label.en.strip())
