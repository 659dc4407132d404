"""What a wave says, as far as this reader may see it: figures with intervals, weights, non-response, drivers, words."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from huiyin.bank.products import queries as products
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.listen.surveys.models import Campaign, Invitation, Response, Stratum
from huiyin.listen.surveys.queries import desk
from huiyin.listen.surveys.queries.answering import TABLE
from huiyin.listen.surveys.rules import figures, questions, sampling, servqual
from huiyin.listen.surveys.rules.chart import Chart, chart
from huiyin.listen.surveys.rules.words import masked
from huiyin.platform.vault import queries as vault

WORDS_SHOWN = 50
WAVES_SHOWN = 12


@dataclass(frozen=True)
class Part:
    """One stratum (or one unit, for a reader of some units only) in the table."""

    names: Sequence[object]
    response: figures.Response
    csat: figures.Figure
    nps: figures.Figure


@dataclass(frozen=True)
class Wave:
    campaign: Campaign
    csat: figures.Figure
    nps: figures.Figure
    change: str  # better | worse | same | unsure, against the wave before


@dataclass(frozen=True)
class Moved:
    """Drivers of an outcome. `lines`: the aspect and its figures, in the order of importance."""

    outcome: str
    n: int
    r2: float
    low: float
    high: float
    lines: Sequence[tuple[int, Label, Any, bool]]
    chart: Chart


@dataclass(frozen=True)
class Results:
    whole: bool
    n: int
    response: figures.Response
    margin: float | None
    csat: figures.Figure
    nps: figures.Figure
    ces: figures.Figure
    asked: frozenset[str]
    aspects: Sequence[tuple[Label, figures.Figure]]
    gaps: Sequence[tuple[Label, figures.Figure]]
    choices: Sequence[tuple[Label, Sequence[tuple[Label, figures.Figure]]]]
    parts: Sequence[Part]
    weighted: figures.Weighted | None
    how: str  # stratified | raked | ""
    uneven: float | None
    waves: Sequence[Wave]
    drivers: Moved | None
    words: Sequence[tuple[Label, Sequence[str]]]


_kept: OrderedDict[tuple[object, ...], Results] = OrderedDict()
_guard = threading.Lock()
MOST_KEPT = 32


def results(campaign: Campaign, actor: Actor, on: date) -> Results:
    """The figures as this reader may see them, kept until somebody else answers, is asked or is reached.

    Kept per reach of the reader and without the words: these are read from the vault each time, as the reader's rights
    and an erasure have it at that moment.
    """
    whole = desk.sees_all(actor, campaign, on)
    key = (campaign.pk, campaign.state, on, whole, permit.paths(actor, "survey.read"), *_stamp(campaign))
    with _guard:
        told = _kept.get(key)
    if told is None:
        told = _figured(campaign, actor, on, whole)
        with _guard:
            _kept[key] = told
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return replace(told, words=_words(campaign, told.n, actor, on))


def _stamp(campaign: Campaign) -> tuple[object, ...]:
    """What changes when the figures do: answers of all waves of the survey, invitations of this one. A finished answer
    never changes."""
    answered = Response.objects.filter(
        invitation__campaign__edition__survey=campaign.edition.survey_id, completed_at__isnull=False
    ).aggregate(n=Count("pk"), last=Max("completed_at"))
    asked = Invitation.objects.filter(campaign=campaign, passage__in=("sent", "failed")).aggregate(
        n=Count("pk"), reached=Count("delivered_at")
    )
    return (answered["n"], answered["last"], asked["n"], asked["reached"])


def _figured(campaign: Campaign, actor: Actor, on: date, whole: bool) -> Results:
    content = desk.content(campaign.edition)
    rows = list(desk.answers_visible_to(actor, [campaign.pk], on).order_by("completed_at", "pk"))
    said = [questions.scores(content, row.answers) for row in rows]
    invited = _invited(campaign, actor, on, whole)
    strata = desk.strata(campaign.pk)
    parts = _parts(campaign, rows, said, strata, invited) if whole else []
    frame = sum(one.frame for one in strata)
    total = figures.Response(
        frame, sum(i for i, _r in invited.values()), sum(r for _i, r in invited.values()), len(rows)
    )  # fmt: skip
    weighted, how = _weighted(campaign, rows, said, strata) if whole else (None, "")
    test = figures.uneven([part.response for part in parts]) if whole else None
    return Results(
        whole=whole, n=len(rows), response=total,
        margin=sampling.margin_of_error(
            len(rows), max(frame, len(rows)), campaign.confidence, deff=weighted.deff if weighted else 1.0
        ) if whole and len(rows) >= figures.HIDDEN_BELOW else None,
        csat=figures.top_box([s.csat for s in said if s.csat is not None], 4),
        nps=figures.nps([s.nps for s in said if s.nps is not None]),
        ces=figures.top_box([s.ces for s in said if s.ces is not None], 5),
        asked=frozenset(q.kind for q in content.questions), aspects=_aspects(content, said), gaps=_gaps(said),
        choices=_choices(content, rows), parts=parts, weighted=weighted, how=how,
        uneven=figures.chance(*test) if test else None, waves=_waves(campaign, actor, on),
        drivers=_drivers(campaign, content, said), words=(),
    )  # fmt: skip


def _invited(campaign: Campaign, actor: Actor, on: date, whole: bool) -> dict[UUID | None, tuple[int, int]]:
    """Per stratum: invitations sent, and those that arrived."""
    sent = Invitation.objects.filter(campaign=campaign, passage__in=("sent", "failed")).order_by()
    if not whole:
        mine = [unit for unit, path in units.paths(on).items() if path.startswith(desk.paths(actor, "survey.read"))]
        sent = sent.filter(unit__in=mine)
    arrived = Count("pk", filter=Q(delivered_at__isnull=False))
    return {s: (n, r) for s, n, r in sent.values_list("stratum").annotate(n=Count("pk"), r=arrived)}


def _parts(
    campaign: Campaign, rows: Sequence[Response], said: Sequence[questions.Scores], strata: Sequence[Stratum],
    invited: Mapping[UUID | None, tuple[int, int]],
) -> list[Part]:  # fmt: skip
    names = desk.names_of(campaign, strata)
    by: dict[UUID | None, list[questions.Scores]] = {}
    for row, scores in zip(rows, said, strict=True):
        by.setdefault(row.invitation.stratum_id, []).append(scores)
    found = []
    for one in strata:
        scores_here = by.get(one.pk, [])
        sent, reached = invited.get(one.pk, (0, 0))
        found.append(
            Part(
                names[one.pk], figures.Response(one.frame, sent, max(reached, len(scores_here)), len(scores_here)),
                figures.top_box([s.csat for s in scores_here if s.csat is not None], 4),
                figures.nps([s.nps for s in scores_here if s.nps is not None]),
            )
        )  # fmt: skip
    return found


def _weighted(
    campaign: Campaign, rows: Sequence[Response], said: Sequence[questions.Scores], strata: Sequence[Stratum]
) -> tuple[figures.Weighted | None, str]:
    """Satisfaction weighted back to the frame: by stratum, or raked to its margins where strata are thin."""
    by: dict[UUID | None, list[float]] = {}
    keyed = {one.pk: one for one in strata}
    classes, values = [], []
    for row, scores in zip(rows, said, strict=True):
        stratum = keyed.get(row.invitation.stratum_id) if row.invitation.stratum_id else None
        if scores.csat is not None and stratum is not None:
            hit = float(scores.csat >= 4)
            by.setdefault(stratum.pk, []).append(hit)
            classes.append(tuple(stratum.key))
            values.append(hit)
    if not values or len(strata) < 2:
        return None, ""
    if len(campaign.strata) > 1 and any(len(by.get(one.pk, [])) < figures.HIDDEN_BELOW for one in strata):
        margins: list[dict[Any, float]] = [{} for _by in campaign.strata]
        for one in strata:
            for margin, code in zip(margins, one.key, strict=True):
                margin[code] = margin.get(code, 0.0) + one.frame
        weights = figures.rake(classes, margins)
        if weights is not None:
            return figures.weighted_mean(values, weights), "raked"
    cells = [figures.Cell(one.frame, tuple(by.get(one.pk, ()))) for one in strata]
    return figures.post_stratified(cells), "stratified"


def _aspects(content: questions.Content, said: Sequence[questions.Scores]) -> list[tuple[Label, figures.Figure]]:
    labels = {option.code: option for q in content.questions if q.kind == "matrix" for option in q.options}
    return [
        (label, figures.mean([s.aspects[code] for s in said if code in s.aspects])) for code, label in labels.items()
    ]


def _gaps(said: Sequence[questions.Scores]) -> list[tuple[Label, figures.Figure]]:
    """SERVQUAL: what was found less what was expected, per dimension that was asked."""
    lines = [(label, [s.gaps[label.code] for s in said if label.code in s.gaps]) for label in servqual.DIMENSIONS]
    return [(label, figures.mean(values)) for label, values in lines if values]


def _choices(
    content: questions.Content, rows: Sequence[Response]
) -> list[tuple[Label, list[tuple[Label, figures.Figure]]]]:
    found = []
    for question in content.questions:
        if question.kind not in ("single", "multiple"):
            continue
        given = [row.answers[question.code] for row in rows if question.code in row.answers]
        sets = [set(one if isinstance(one, list) else [one]) for one in given]
        lines = [(o, figures.share(sum(o.code in one for one in sets), len(sets))) for o in question.options]
        found.append((question.text, lines))
    return found


def _waves(campaign: Campaign, actor: Actor, on: date) -> list[Wave]:
    """This survey's waves so far, oldest first, each against the one before (version and unit alike or not)."""
    seen = desk.campaigns_visible_to(actor, on).filter(
        edition__survey=campaign.edition.survey_id, unit=campaign.unit_id, started_at__isnull=False
    )
    found: list[Wave] = []
    for row in reversed(list(seen.order_by("-started_at", "-pk")[:WAVES_SHOWN])):
        content = desk.content(row.edition)
        answers = desk.answers_visible_to(actor, [row.pk], on).values_list("answers", flat=True)
        said = [questions.scores(content, given) for given in answers]
        csat = figures.top_box([s.csat for s in said if s.csat is not None], 4)
        nps = figures.nps([s.nps for s in said if s.nps is not None])
        before = found[-1] if found else None
        pair = (before.nps, nps) if before and csat.value is None else (before.csat, csat) if before else None
        found.append(Wave(row, csat, nps, figures.change(*pair) if pair else ""))
    return found


def _drivers(campaign: Campaign, content: questions.Content, said: Sequence[questions.Scores]) -> Moved | None:
    """Which aspects move satisfaction (or recommendation where satisfaction was not asked)."""
    aspects = {o.code: o for q in content.questions if q.kind == "matrix" for o in q.options}
    outcome = "csat" if content.first("csat") else "nps"
    complete = [s for s in said if getattr(s, outcome) is not None and aspects.keys() <= s.aspects.keys()]
    if len(aspects) < 2 or len(complete) < max(30, 10 * len(aspects)):
        return None
    import numpy as np  # here: only this needs it

    from huiyin.listen.surveys.rules.drivers import drivers

    scores = np.array([[s.aspects[code] for code in aspects] for s in complete], dtype=float)
    told = drivers(
        list(aspects), scores, np.array([getattr(s, outcome) for s in complete], dtype=float), (1, 5),
        seed=int(campaign.seed or 0),
    )  # fmt: skip
    if told is None:
        return None
    ordered = sorted(told.drivers, key=lambda one: (-one.share, one.name))
    drawn = chart([(one.performance, one.share, one.low, one.high) for one in ordered])
    lines = [(p.number, aspects[one.name], one, p.urgent) for p, one in zip(drawn.points, ordered, strict=True)]
    return Moved(outcome, told.n, told.r2, told.low, told.high, lines, drawn)


def _words(campaign: Campaign, n: int, actor: Actor, on: date) -> list[tuple[Label, list[str]]]:
    """The newest words, without who wrote them; struck out for readers without the right to names; none of few."""
    content = desk.content(campaign.edition)
    if n < figures.HIDDEN_BELOW or not any(question.kind == "text" for question in content.questions):
        return []
    hides = permit.can(actor, "survey.read").masked
    rows = desk.answers_visible_to(actor, [campaign.pk], on).order_by("-completed_at", "-pk")
    newest = list(rows.values_list("pk", "answers")[: WORDS_SHOWN * 20])
    found = []
    for question in content.questions:
        if question.kind == "text":
            wrote = [pk for pk, answers in newest if answers.get(question.code)][:WORDS_SHOWN]
            opened = vault.reveal_many(TABLE, wrote)
            texts = [opened[id][question.code] for id in wrote if opened.get(id, {}).get(question.code)]
            found.append((question.text, [masked(text) if hides else text for text in texts]))
    return found


def sheet(campaign: Campaign, actor: Actor, on: date, language: str) -> Iterator[list[object]]:
    """One row per answer with its heading: places, codes as words, scores. No names, no words, no ids.

    A unit or a product from which fewer than five answered is left empty, so that nobody can be picked out.
    """
    content = desk.content(campaign.edition)
    rows = list(desk.answers_visible_to(actor, [campaign.pk], on).order_by("completed_at", "pk"))
    columns: list[tuple[str, questions.Question, str]] = []
    for q in content.questions:
        if q.kind in questions.BY_ITEM:
            columns += [(f"{q.text.word(language)} / {o.word(language)}", q, o.code) for o in q.options]
        elif q.kind != "text":
            columns.append((q.text.word(language), q, ""))
    heading = [label.word(language) for label in (_DAY, sampling.STRATA[0], sampling.STRATA[1])]
    yield [*heading, *(name for name, _q, _o in columns)]
    places = [(row.invitation.unit_id, row.invitation.product or "") for row in rows]
    counts: dict[object, int] = {}
    for place in places:
        for part in (place, place[0]):
            counts[part] = counts.get(part, 0) + 1
    known = units.units([unit for unit, _p in places if unit])
    for row, place in zip(rows, places, strict=True):
        unit = known.get(place[0]) if place[0] and counts[place[0]] >= figures.HIDDEN_BELOW else None
        product = products.label(place[1]).word(language) if place[1] and counts[place] >= figures.HIDDEN_BELOW else ""
        day = row.completed_at.date().isoformat()[:7] if row.completed_at else ""
        yield [day, unit.word(language) if unit else "", product, *(_cell(q, o, row, language) for _n, q, o in columns)]


_DAY = Label("", "答卷月份", "Month of answer")


def _cell(question: questions.Question, option: str, row: Response, language: str) -> object:
    given = row.answers.get(question.code)
    if question.kind in questions.BY_ITEM:
        return (given or {}).get(option, "")
    if question.kind in ("single", "multiple") and given is not None:
        chosen = given if isinstance(given, list) else [given]
        return "; ".join(o.word(language) for o in question.options if o.code in chosen)
    return "" if given is None else given
