"""Draw a list, take the next call, see the number, say what came of it; write a new script."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import queries as units
from huiyin.customers.profiles import actions as profile_actions
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.calendar import Term, due
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Coded, Refusal
from huiyin.ledger.actions import record
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.surveys import queries as answers
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.platform.vault import actions as vault
from huiyin.resolve.callbacks import queries, rules
from huiyin.resolve.callbacks.facts import CallAnswered, CallsDrawn, CallTried, ScriptWritten
from huiyin.resolve.callbacks.models import Call, Draw, Script, Try
from huiyin.resolve.callbacks.queries import TABLE
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases

BY_RULE = machine("callback")  # what follows from an answer by rule, whoever made the call
LONGEST = 2000
WHY = {
    "unknown": _("Choose from the list."),
    "wrong_days": _("The first day must not be after the last, and neither in the future."),
    "too_many": _("More than 5,000 closed cases. Choose fewer days or a smaller unit."),
    "none": _("No call waits for you at the moment."),
    "closed_now": _("Calls may be made in office hours only, on working days."),
    "not_yours": _("This call is not in your hand."),
    "see_number_first": _("See the number and call before you record an outcome."),
    "no_number": _("There is no telephone number any more."),
    "answers_missing": _("Enter the answers of the customer."),
    "words_missing": _(
        "Write down what the customer is not content with: the case is taken up again with these words."
    ),
    "text_too_long": _("The text is too long."),
    "wrong_time": _("Choose a time within the next two weeks."),
    "over": _("This question is answered already, or its time has passed."),
    "stale": _("This call has changed meanwhile. Look again."),
}


class Refused(Coded):
    words = WHY


class Gone(Refusal):
    status = 404
    message = _("There is no such call-back.")


@transaction.atomic
def draw(
    *, id: UUID, rule: str, unit: UUID, closed_from: date, closed_to: date, percent: int, stratum: str, seed: str,
    by: Actor, at: datetime,
) -> Draw:  # fmt: skip
    """Draw a list. The same id again is the same list: nothing is drawn twice.

    1. The frame: what was closed in these days and fits the rule. 2. Who is left out, and why. 3. Of the rest the share
    of every stratum, in the order of the seed. 4. One call each, to be made within five working days.
    """
    path = units.path_of(unit, localdate(at))
    permit.must(by, "callback.draw", queries.Sight(path, None, frozenset(), frozenset()))
    if by.staff is None:
        raise Gone
    before = Draw.objects.filter(pk=id).first()
    if before is not None:
        return before
    if rule not in rules.RULE or stratum not in {label.code for label in rules.STRATA}:
        raise Refused("unknown")
    if closed_from > closed_to or closed_to > localdate(at):
        raise Refused("wrong_days")
    percent = percent if rule == "share" else 100
    rows = _frame(rule, path, closed_from, closed_to, by, at)
    out = _left_out(rows)
    strata = {row.pk.hex: str(row.unit_id if stratum == "unit" else row.product) for row in rows}
    hits = rules.drawn({hex: name for hex, name in strata.items() if hex not in out}, percent, seed)
    fate = {hex: "drawn" if hex in hits else out.get(hex, "not_drawn") for hex in strata}
    made = Draw.objects.create(
        id=id, rule=rule, percent=percent, stratum=stratum, unit_id=unit, unit_path=path, closed_from=closed_from,
        closed_to=closed_to, seed=seed, frame={hex: [strata[hex], fate[hex]] for hex in sorted(strata)},
        drawn=len(hits), excluded=len(out), drawn_by_id=by.staff, drawn_at=at,
    )  # fmt: skip
    hours = queries.hours()
    due_at = datetime.fromtimestamp(due(hours, Term("business_day", rules.DUE_DAYS), int(at.timestamp())).at, UTC)
    Call.objects.bulk_create(
        [
            Call(
                id=new_id(), draw=made, case=row.pk, cycle=row.cycle, number=row.number, unit_id=row.unit_id,
                unit_path=row.unit_path, next_at=rules.opens_at(hours, at), due_at=due_at,
            )
            for row in rows if row.pk.hex in hits
        ],
        batch_size=500,
    )  # fmt: skip
    fact = CallsDrawn(
        draw=id, rule=rule, unit=unit, percent=percent, seed=seed, frame=len(rows), excluded=len(out), drawn=len(hits)
    )
    record(fact=fact, stream=f"draw:{id}", by=by, at=at)
    return made


def _frame(rule: str, path: str, first: date, last: date, by: Actor, at: datetime) -> list[cases.Case]:
    found = queries.closed_cases(path, first, last, by, at).order_by("id")
    if rule == "serious":
        found = found.exclude(severity="ordinary")
    elif rule == "elderly":
        found = found.filter(flags__contains="elderly")
    rows = list(found[: rules.MOST + 1])
    if len(rows) > rules.MOST:
        raise Refused("too_many")
    if rule == "dissatisfied":
        given = answers.answers_of_many([row.pk for row in rows])
        rows = [row for row in rows if row.pk in given and given[row.pk][0].score <= rules.LOW]
    return [row for row in rows if rule != "elderly" or "elderly" in row.flag_codes]


def _left_out(rows: Sequence[cases.Case]) -> dict[str, str]:
    """Whom the rule leaves out, and why (SoD8: by rule and visible, never by hand)."""
    ids = [row.pk for row in rows]
    listed: set[tuple[UUID, int]] = set()
    for start in range(0, len(ids), 500):
        listed |= set(Call.objects.filter(case__in=ids[start : start + 500]).values_list("case", "cycle"))
    refusing = profiles.refusing("callback", (row.customer for row in rows))
    said = heard.words_many(ids)
    found: dict[str, str] = {}
    for row in rows:
        if (row.pk, row.cycle) in listed:
            found[row.pk.hex] = "called"
        elif row.customer in refusing:
            found[row.pk.hex] = "refused"
        elif not said[row.pk].phone:
            found[row.pk.hex] = "no_phone"
        elif not cases.reach_of(row, said[row.pk]).way.calls:
            found[row.pk.hex] = "in_writing"
    return found


def take_next(*, by: Actor, at: datetime) -> Call:
    """The call in hand, else the most urgent one that this person may make: not about a case they had a part in.

    Many callers at once: each claims by a conditional update, and whoever is too late takes the next one. Who turned out
    not to be one for the telephone since the draw is settled on the way.
    """
    found = _next(by, at)
    if found is None:
        raise Refused("none")
    return found


@transaction.atomic
def _next(by: Actor, at: datetime) -> Call | None:
    permit.must(by, "callback.call")
    held = queries.held_by(by.staff)
    if held is not None:
        return held
    if not rules.may_call(queries.hours(), at):
        raise Refused("closed_now")
    waiting = queries.callable_by(by, at).filter(state="waiting", next_at__lte=at).order_by("due_at", "id")
    for row in waiting[:200]:
        if not permit.can(by, "callback.call", queries.sight(row, at)):
            continue
        if not cases.may_telephone(row.case):
            write(row, state="done", outcome="in_writing", done_at=at)
            continue
        free = Call.objects.filter(pk=row.pk, state="waiting", version=row.version)
        try:
            with transaction.atomic():
                won = free.update(state="held", holder=by.staff, revealed_at=None, version=row.version + 1)
        except IntegrityError as twice:  # the same person in two windows
            raise Refused("stale") from twice
        if won:
            row.refresh_from_db()
            return row
    return None


@transaction.atomic
def reveal(*, call: UUID, by: Actor, at: datetime) -> dict[str, str]:
    """Name and number for this one call; on record as every look at personal data is (30 in an hour)."""
    row = _in_hand(call, by, at)
    if not rules.may_call(queries.hours(), at):
        raise Refused("closed_now")
    shown = vault.unmask(subject=row.case, row=row.case, reason="contact", by=by, at=at)
    if not shown.get("phone"):
        raise Refused("no_number")
    if row.revealed_at is None:
        write(row, revealed_at=at)
    return {name: shown[name] for name in ("name", "phone") if shown.get(name)}


@transaction.atomic
def conclude(
    *, call: UUID, outcome: str, by: Actor, at: datetime, version: int | None = None, solved: str = "",
    satisfied: int | None = None, more: str = "", extra: Sequence[str] = (), agreed_at: datetime | None = None,
    never_again: bool = False,
) -> Call:  # fmt: skip
    """What came of a call. Nobody there: another part of the day, three times at most. Not content: taken up again."""
    row = _in_hand(call, by, at)
    if version is not None and version != row.version:
        raise Refused("stale")
    if row.revealed_at is None:
        raise Refused("see_number_first")
    if outcome not in {label.code for label in rules.OUTCOMES}:
        raise Refused("unknown")
    hours = queries.hours()
    part = rules.part_of_day(at, hours.zone)
    if outcome == "later" and (agreed_at is None or not at < agreed_at <= at + rules.AGREED_WITHIN):
        raise Refused("wrong_time")
    Try.objects.create(
        call=row, caller_id=_person(by), outcome=outcome, part=part, tried_at=at,
        agreed_at=agreed_at if outcome == "later" else None,
    )  # fmt: skip
    told = CallTried(call=row.pk, matter=row.case, caller=_person(by), outcome=outcome, part=part)
    record(fact=told, stream=f"matter:{row.case}", by=by, at=at)
    if never_again:
        _stop_calling(row, by, at)
    free = {"state": "waiting", "holder_id": None, "revealed_at": None}
    if outcome == "reached":
        _answered(row, solved, satisfied, more, extra, by, at)
    elif outcome == "later" and agreed_at is not None:
        write(row, **free, next_at=rules.opens_at(hours, agreed_at))
    elif outcome == "no_answer" and row.tries + 1 < rules.TRIES:
        tried = " ".join(dict.fromkeys([*row.tried.split(), part]))
        again = rules.next_try(hours, at, tried.split())
        write(row, **free, tries=row.tries + 1, tried=tried, next_at=again)
    else:
        write(row, state="done", outcome=outcome, done_at=at, tries=row.tries + 1)
    return row


def answered_in_writing(row: Call, solved: str, satisfied: int | None, text: str, by: Actor, at: datetime) -> None:
    """The customer answered the message: nobody needs to call, and the same follows as from a call."""
    _answered(row, solved, satisfied, text, (), by, at, outcome="message")


def _answered(
    row: Call, solved: str, satisfied: int | None, more: str, extra: Sequence[str], by: Actor, at: datetime,
    outcome: str = "reached",
) -> None:  # fmt: skip
    """1. the answers; 2. what follows by rule; 3. the rating, unless the customer rated this matter already."""
    if solved not in {label.code for label in rules.SOLVED} or satisfied not in range(1, 6):
        raise Refused("answers_missing")
    assert satisfied is not None
    said = more.replace("\x00", "").strip()
    if len(said) > LONGEST:
        raise Refused("text_too_long")
    sore = rules.is_dissatisfied(solved, satisfied)
    if sore and not said:
        raise Refused("words_missing")
    if said:
        vault.keep(subject=row.case, table=TABLE, row=row.pk, values={"more": said})
    script = queries.script()
    followed = _take_up_again(row, said, at) if sore else ""
    answers_given = [one if one in ("yes", "no") else "none" for one in extra][: len(script.extra)]
    write(
        row, state="done", outcome=outcome, done_at=at, tries=row.tries + (outcome == "reached"), solved=solved, satisfied=satisfied,
        script=script.version, extra=answers_given, followed=followed,
    )  # fmt: skip
    fact = CallAnswered(
        call=row.pk, matter=row.case, cycle=row.cycle, unit=row.unit_id, caller=by.staff, solved=solved,
        satisfied=satisfied, followed=followed or None,
    )  # fmt: skip
    record(fact=fact, stream=f"matter:{row.case}", by=by, at=at)
    found = cases.case(row.case)
    if found is not None and not answers.answers_of(row.case):
        rating = surveys.Rating(
            score=satisfied, at=at, kind="callback", channel="phone" if outcome == "reached" else "portal", matter=row.case, unit=row.unit_id,
            handler=found.handler_id, product=found.product or None,
        )  # fmt: skip
        surveys.answer_many(ratings=[rating], by=by, recorded_at=at)


def _take_up_again(row: Call, words: str, at: datetime) -> str:
    """The case begins its next cycle with somebody else; where that is too late, the words are heard as a new matter."""
    case = cases.survivor_of(row.case)
    try:
        with transaction.atomic():
            case_actions.dispute(case=case, text=words, by=BY_RULE, at=at)
        return "reopened"
    except case_actions.Refused:
        voice, said = heard.voice(row.case), heard.words(row.case)
    if voice is None:
        raise Gone
    again = voices.Heard(
        kind="low_score", channel="phone", received_at=at, language=voice.language,
        words=voices.Words(text=words, name=said.name, phone=said.phone, email=said.email), customer=voice.customer,
        unit=voice.unit, product=voice.product, raised_by=voice.id,
    )  # fmt: skip
    voices.hear(item=again, by=BY_RULE, at=at)
    return "new_matter"


def _stop_calling(row: Call, by: Actor, at: datetime) -> None:
    found = cases.case(row.case)
    if found is not None and found.customer is not None:
        profile_actions.say(customer=found.customer, purpose="callback", given=False, source="callback", by=by, at=at)


@transaction.atomic
def release(*, call: UUID, by: Actor, at: datetime) -> None:
    """Back into the list: by whoever holds it, or by somebody who draws lists (the holder went home)."""
    row = Call.objects.select_for_update().filter(pk=call, state="held").first()
    if row is None:
        raise Gone
    if row.holder_id != by.staff:
        permit.must(by, "callback.draw", queries.sight(row, at))
    write(row, state="waiting", holder_id=None, revealed_at=None)


@transaction.atomic
def write_script(
    *, words: Mapping[str, tuple[str, str]], extra: Sequence[tuple[str, str]], by: Actor, at: datetime
) -> int:
    """A new version of the script; earlier ones stay beside the answers they were given to."""
    permit.must(by, "callback.script")
    body: dict[str, object] = {name: list(words[name]) for name in ("opening", "solved", "satisfied", "more")}
    body["extra"] = [list(pair) for pair in extra]
    newest = Script.objects.select_for_update().order_by("-version").first()
    version = (newest.version if newest else rules.SHIPPED.version) + 1
    Script.objects.create(version=version, words=body, written_by_id=_person(by), written_at=at)
    record(fact=ScriptWritten(version=version), stream="script:callback", by=by, at=at)
    return version


def _person(by: Actor) -> UUID:
    if by.staff is None:
        raise Refused("not_yours")
    return by.staff


def _in_hand(call: UUID, by: Actor, at: datetime) -> Call:
    row = Call.objects.select_for_update().filter(pk=call).first()
    if row is None:
        raise Gone
    if row.state != "held" or row.holder_id is None or row.holder_id != by.staff:
        raise Refused("not_yours")
    permit.must(by, "callback.call", queries.sight(row, at))
    return row


def write(row: Call, **changes: object) -> None:
    if not Call.objects.filter(pk=row.pk, version=row.version).update(version=row.version + 1, **changes):
        raise Refused("stale")
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
