"""Surveys: one after settled matters, one on mobile banking while the update failed, one draft; with their answers."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.refusal import Refusal
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.surveys import queries
from huiyin.listen.surveys.queries.answering import links_of
from huiyin.site.demo.rooms.stage import Stage, replayed, words

GATEWAY = "https://sms.qinghe.example/send"


def ask(stage: Stage) -> None:
    """Made and run by head office: two waves that are over, one that is open."""
    said, by = words("asking"), stage.protection[1]
    head = stage.founded.unit["HO"]
    service = _survey(stage, said["service"], head, by, stage.at_work(95, 10))
    mobile = _survey(stage, said["mobile"], stage.founded.unit["B03"], by, stage.at_work(147, 15))
    _draft(stage, said["draft"], head, by, stage.at_work(4, 16))
    n = 34 if stage.plenty else 9
    _wave(
        stage, mobile, "升级后体验调查", stage.founded.unit["B03"], "voices", 152, 145, 144, 130, n, "mobile", said, by
    )
    _wave(stage, service, "第一期：办结客户", head, "closed", 100, 70, 66, 50, n, "service", said, by)
    _wave(stage, service, "第二期：办结客户", head, "closed", 30, 9, 7, -14, n // 2, "service", said, by)


def _survey(stage: Stage, plain: dict[str, Any], unit: UUID, by: Actor, at: datetime) -> UUID:
    """Built, published; the id of what was published."""
    made = _draft(stage, plain, unit, by, at)
    return surveys.publish(survey=made, version=2, by=by, at=at + timedelta(hours=2)).pk


def _draft(stage: Stage, plain: dict[str, Any], unit: UUID, by: Actor, at: datetime) -> UUID:
    content = _content(plain)
    row = surveys.add_survey(unit=unit, title=content.title, by=by, at=at)
    surveys.change(survey=row.pk, version=1, content=content, by=by, at=at + timedelta(hours=1))
    return row.pk


def _content(plain: dict[str, Any]) -> Any:
    low = plain["low"] or ["", 0]
    questions = [_question(n, one) for n, one in enumerate(plain["question"], start=1)]
    named = {"low_question": low[0], "low_at_most": low[1], "questions": questions}
    return queries.content_from({name: plain[name] for name in ("title", "intro", "thanks")} | named)


def _question(n: int, one: dict[str, Any]) -> dict[str, Any]:
    aspects = {label.code: label for label in queries.ASPECTS}
    options = [{"code": f"o{k}", "zh": zh, "en": en} for k, (zh, en) in enumerate(one.get("options", ()), start=1)]
    options += [{"code": code, "zh": aspects[code].zh, "en": aspects[code].en} for code in one.get("aspects", ())]
    return {
        "code": f"q{n}", "kind": one["kind"], "text": one["text"], "required": one.get("required", False),
        "options": options, "condition": None,
    }  # fmt: skip


def _wave(
    stage: Stage, edition: UUID, title: str, unit: UUID, frame: str, first: int, last: int, starts: int, ends: int,
    answers: int, kind: str, said: dict[str, Any], by: Actor,
) -> None:  # fmt: skip
    """Planned, drawn by a seed, sent at once, answered over the days after; over at its end."""
    at = stage.at_work(starts, 9.5)
    planned = surveys.Planned(
        edition=edition, unit=unit, title=title, frame=frame, from_day=_day(stage, first), until_day=_day(stage, last),
        strata=("product",) if kind == "service" and stage.plenty else (), margin=Decimal("0.090") if stage.plenty else Decimal("0.200"),
        confidence=95, allocation="proportional", expected_rate=Decimal("0.600"), channel="sms", rest_days=30,
        remind_after_days=None, ends_at=stage.at(ends, 20),
    )  # fmt: skip
    row = surveys.plan(planned=planned, by=by, at=at)
    try:
        surveys.draw(campaign=row.pk, by=by, at=at + timedelta(minutes=20), seed=stage.seed + first)
    except surveys.NobodyToAsk:
        return
    # The text-message gateway of those days; the messages themselves are taken to have arrived.
    with replayed(at + timedelta(minutes=30), HUIYIN_SMS_URL=GATEWAY):
        surveys.step(campaign=row.pk, step="start", by=by, at=at + timedelta(minutes=30))
    surveys.send_now(campaign=row.pk, by=by, at=at + timedelta(minutes=31))
    for secret in links_of(row.pk)[:answers]:
        when = at + timedelta(hours=stage.rng.uniform(1, 24 * min(6, max(1, starts - max(ends, 0) - 1))))
        if when < stage.end:
            _answer(stage, secret, kind, said["words"], when)
    surveys.pump(by=machine("tick"), at=min(stage.end, stage.at(ends, 21)))


def _day(stage: Stage, days: int) -> date:
    return localdate(stage.at(days, 12))


def _answer(stage: Stage, secret: str, kind: str, said: dict[str, list[str]], at: datetime) -> None:
    rng, by = stage.rng, machine("portal")
    weights = [0.06, 0.08, 0.16, 0.34, 0.36] if kind == "service" else [0.24, 0.22, 0.22, 0.2, 0.12]
    mood = rng.choices([1, 2, 3, 4, 5], weights)[0]
    text = rng.choice(said["good" if mood > 3 else "middle" if mood == 3 else "bad"])
    nps = str(max(0, min(10, mood * 2 + rng.randint(-2, 1))))
    if kind == "service":
        rows = {
            name: str(max(1, min(5, mood + rng.choice([-1, 0, 0, 1]))))
            for name in ("efficiency", "professionalism", "attitude")
        }
        given = [("q1", [str(mood)], {}), ("q2", [], rows), ("q3", [rng.choice(["o1", "o1", "o2", "o2", "o3", "o4"])], {}), ("q4", [nps], {})]  # fmt: skip
    else:
        ease = max(1, min(7, mood + rng.choice([-1, 0, 1, 2])))
        problems = ["o5"] if ease > 5 else rng.sample(["o1", "o1", "o2", "o4"], 2)
        given = [("q1", [str(ease)], {}), ("q2", list(dict.fromkeys(problems)), {}), ("q3", [nps], {})]
    if text:
        given.append((f"q{len(given) + 1}", [text], {}))
    for n, (question, values, rows) in enumerate(given):
        surveys.keep_answer(
            secret=secret, question=question, given=values, rows=rows, language="zh-hans", by=by,
            at=at + timedelta(seconds=15 * n),
        )  # fmt: skip
    if rng.random() < 0.06:  # left before sending
        return
    try:
        surveys.complete(secret=secret, by=by, at=at + timedelta(seconds=95))
    except Refusal:
        return
