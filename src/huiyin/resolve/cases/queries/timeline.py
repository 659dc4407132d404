"""One line of time for a case: the customer's words, our messages, notes, decisions, and the system's facts, folded."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import label
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.ledger import queries as ledger
from huiyin.listen.chats import queries as chats
from huiyin.listen.surveys import queries as surveys
from huiyin.listen.voices import queries as voices
from huiyin.platform.messages import queries as messages
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.queries import records as mine
from huiyin.resolve.cases.queries.communicating import COMMUNICATION_TABLE, communications, letter_of
from huiyin.resolve.cases.queries.joined import direct_members, merged_into
from huiyin.resolve.cases.queries.legs import leg_words, side_legs
from huiyin.resolve.cases.rules import words
from huiyin.resolve.cases.rules.factwords import FACT_WORDS
from huiyin.resolve.cases.rules.hiding import hide_links, hide_numbers
from huiyin.resolve.cases.rules.reaching import WAYS
from huiyin.resolve.triage import queries as triage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """One entry. `sort`: customer | message | reply | note | decision."""

    at: datetime
    sort: str
    title: str
    who: str = ""
    text: str = ""
    extra: str = ""
    state: Label | None = None
    chip: str = "none"
    icon: str = "dot"


@dataclass(frozen=True)
class SystemFact:
    at: datetime
    what: Label
    by: str
    version: int


def timeline(case: Case, actor: Actor) -> list[Item]:
    """Everything people said and decided, oldest first; the customer's own links are not for colleagues."""
    names = _Names()
    items = [
        *_customer(case),
        *_merged(case),
        *_messages(case),
        *_replies(case, names),
        *_notes(case, names),
        *_handovers(case, names),
        *_legs(case, names),
        *_decisions(case, names),
        *_ratings(case),
        *(item for lines in _ALSO for item in lines(case)),
    ]
    shown = (replace(item, text=hide_links(item.text), extra=hide_links(item.extra)) for item in items)
    return sorted(shown, key=lambda item: (item.at, _RANK.get(item.sort, 5)))


Lines = Callable[[Case], Iterable[Item]]
_ALSO: list[Lines] = []


def also_on_the_timeline(lines: Lines) -> Lines:
    """Decorator: a room above this one puts what it knows of a case on its timeline."""
    if lines not in _ALSO:
        _ALSO.append(lines)
    return lines


_RANK = {"customer": 0, "decision": 1, "note": 2, "reply": 3, "message": 4}


def system_facts(case: Case) -> list[SystemFact]:
    """What the ledger holds about the matter, for whoever unfolds it."""
    return [
        SystemFact(
            at=_EPOCH + timedelta(microseconds=entry.occurred_us),
            what=FACT_WORDS.get(entry.type, Label(entry.type, entry.type, entry.type)),
            by=entry.actor.partition(":")[0],
            version=entry.version,
        )
        for entry in ledger.entries_of(case.stream)
    ]


class _Names:
    """Names of colleagues in the language of the page, looked up once."""

    def __init__(self) -> None:
        self.known: dict[UUID, str] = {}

    def of(self, person: UUID | None) -> str:
        if person is None:
            return _("System")
        if person not in self.known:
            found = staff.person(person)
            self.known[person] = found.word(get_language() or "zh-hans") if found else ""
        return self.known[person]


def _customer(case: Case) -> Iterator[Item]:
    said = voices.words(case.id)
    text = "\n".join(part for part in (said.title, said.text) if part)
    want = _("What they want: %(want)s") % {"want": hide_numbers(said.want)} if said.want else ""
    yield Item(
        case.received_at,
        "customer",
        _("The customer told us"),
        text=hide_numbers(text),
        extra=want,
        icon="chat-left-quote",
    )
    for added in voices.additions(case.id):
        title = _("The customer added a file") if added.what == "file" else _("The customer added")
        yield Item(added.at, "customer", title, text=hide_numbers(added.text), icon="chat-left-quote")
    for line in chats.transcript(case.id) if case.channel == "chat" else ():
        ours = line.side == "agent"
        title = (
            _("%(name)s in the chat") % {"name": line.name.word(get_language() or "zh-hans")}
            if ours and line.name
            else ""
        )
        yield Item(
            line.at, "message" if ours else "customer", title or _("The customer in the chat"),
            text=hide_numbers(line.text or (line.file.name if line.file else "")), icon="chat-left-quote",
        )  # fmt: skip
    kept = mine.disputes(case.id)
    texts = vault.reveal_many(mine.DISPUTE_TABLE, [row.pk for row in kept])
    for row in kept:
        yield Item(
            row.disputed_at, "customer", _("The customer disputes answer %(cycle)s") % {"cycle": row.cycle},
            text=hide_numbers(texts.get(row.pk, {}).get("text", "")), icon="arrow-counterclockwise", chip="warn",
        )  # fmt: skip


def _merged(case: Case) -> Iterator[Item]:
    """What the customer said in cases that were merged into this one, and when that was done (T36)."""
    for member in merged_into(case.pk):
        for item in _customer(member):
            title = f"{item.title} · {member.number}"
            yield replace(item, title=title)
    for row in direct_members(case.pk):
        yield Item(
            row.merged_at, "decision", _("Case %(number)s merged into this one") % {"number": row.member.number},
            icon="shuffle",
        )  # fmt: skip


def _messages(case: Case) -> Iterator[Item]:
    for letter in messages.thread(case.id):
        if letter.purpose == "reply":
            continue
        dead = any(passage.state in messages.LOST for passage in letter.passages)
        state = words.PASSAGE["failed" if dead else "delivered" if letter.delivered_at else "sending"]
        yield Item(
            letter.created_at, "message", letter.title, text=letter.body, state=state,
            chip="bad" if dead else "ok" if letter.delivered_at else "info", icon="envelope",
            extra=" · ".join([*_way(letter), *_passages(letter), *([str(_("Read by the customer"))] if letter.read_at else [])]),
        )  # fmt: skip


def _way(letter: messages.Letter) -> list[str]:
    """How it was sent where a need of the customer decided, and which."""
    if letter.way not in WAYS or letter.why not in words.FLAGS:
        return []
    language = get_language() or "zh-hans"
    said = {"way": WAYS[letter.way].word(language), "need": words.FLAGS[letter.why].word(language)}
    return [_("%(way)s, because of: %(need)s") % said]


def _passages(letter: messages.Letter) -> list[str]:
    """How a message fares on each way out: `E-mail: sent back`."""
    language = get_language() or "zh-hans"
    ways = {"smtp": _("E-mail"), "sms": _("Text message")}
    return [
        f"{ways.get(one.channel, one.channel)}{'：' if language.startswith('zh') else ': '}"
        f"{words.PASSAGE['sending' if one.state == 'sending' else one.state].word(language)}"
        for one in letter.passages
    ]


def _replies(case: Case, names: _Names) -> Iterator[Item]:
    rows = mine.replies(case.id)
    texts = vault.reveal_many(mine.REPLY_TABLE, [row.pk for row in rows])
    chips = {"delivered": "ok", "failed": "bad", "returned": "warn", "waiting": "info"}
    sent = {letter.item: letter for letter in messages.thread(case.id) if letter.purpose == "reply"}
    for row in rows:
        kept = texts.get(row.pk, {})
        parts = []
        if kept.get("accepted"):
            parts.append(_("How the customer accepted: %(text)s") % {"text": kept["accepted"]})
        if row.approver_id and row.approved_at:
            parts.append(_("Approved by %(name)s") % {"name": names.of(row.approver_id)})
        if kept.get("returned"):
            parts.append(
                _("Returned by %(name)s: %(text)s") % {"name": names.of(row.approver_id), "text": kept["returned"]}
            )
        if row.pk in sent:
            parts += [*_way(sent[row.pk]), *_passages(sent[row.pk])]
        yield Item(
            row.drafted_at, "reply", _("Reply (cycle %(cycle)s)") % {"cycle": row.cycle}, who=names.of(row.author_id),
            text=kept.get("text", ""), extra=" · ".join(parts), state=words.REPLY_STATES[row.state],
            chip=chips.get(row.state, "none"), icon="reply",
        )  # fmt: skip


def _notes(case: Case, names: _Names) -> Iterator[Item]:
    rows = mine.notes(case.id)
    texts = vault.reveal_many(mine.NOTE_TABLE, [row.pk for row in rows])
    for row in rows:
        text = texts.get(row.pk, {}).get("text", "")
        yield Item(row.written_at, "note", _("Internal note"), who=names.of(row.author_id), text=text, icon="sticky")


def _handovers(case: Case, names: _Names) -> Iterator[Item]:
    rows = mine.handovers(case.id)
    texts = vault.reveal_many(mine.HANDOVER_TABLE, [row.pk for row in rows])
    for row in rows:
        kept = texts.get(row.pk, {})
        title = _("Hand-over to %(name)s offered") % {"name": names.of(row.receiver_id)}
        chips = {"accepted": "ok", "returned": "warn", "": "info"}
        yield Item(
            row.offered_at, "decision", title, who=names.of(row.sender_id), text=kept.get("text", ""),
            extra=_wrong(row.error, kept), state=words.HANDOVER_OUTCOMES[row.outcome],
            chip=chips.get(row.outcome, "none"), icon="people",
        )  # fmt: skip


def _wrong(error: str, kept: dict[str, str]) -> str:
    """What the receiver said was wrong with a hand-over: the code in words, and their own words."""
    said = label("handover_error", error).word(get_language() or "zh-hans") if error else ""
    return " · ".join(part for part in (said, kept.get("returned", ""), kept.get("marked", "")) if part)


def _legs(case: Case, names: _Names) -> Iterator[Item]:
    rows = side_legs(case.id)
    texts = leg_words([row.pk for row in rows])
    for row in rows:
        kept = texts.get(row.pk, {})
        title = {
            "consult": _("%(name)s was consulted"),
            "joint": _("%(name)s was brought in"),
            "escalation": _("Escalated to %(name)s"),
        }[row.kind] % {"name": names.of(row.holder_id)}
        yield Item(
            row.entered_at, "decision", title, who=names.of(row.sender_id), text=kept.get("asked", ""),
            state=words.LEG_OUTCOMES[row.outcome], chip="ok" if row.outcome == "answered" else "info", icon="people",
        )  # fmt: skip
        if kept.get("answered") and row.left_at:
            yield Item(
                row.left_at, "note", _("Answer to the lead"), who=names.of(row.holder_id), text=kept["answered"],
                icon="chat-right-text",
            )  # fmt: skip


def _decisions(case: Case, names: _Names) -> Iterator[Item]:
    for row in triage.history(case.id):
        if row.decided:
            yield Item(
                row.classified_at,
                "decision",
                _("Category and cause decided"),
                who=names.of(row.decided_by_id),
                icon="tags",
            )
    for ext in mine.extensions(case.id):
        title = _("Extension to %(days)s days asked for") % {"days": ext.to_days}
        yield Item(
            ext.requested_at, "decision", title, who=names.of(ext.requester_id), state=words.EXTENSION_OUTCOMES[ext.outcome],
            chip={"applied": "ok", "refused": "warn", "lapsed": "bad"}.get(ext.outcome, "info"), icon="calendar-plus",
        )  # fmt: skip
    asked = communications(case.id)
    reasons = vault.reveal_many(COMMUNICATION_TABLE, [line.pk for line in asked])
    for line in asked:
        letter, title = letter_of(line.code), line.code
        if letter is not None:
            title = _("Asked for: %(letter)s") % {"letter": letter.label.word(get_language() or "zh-hans")}
        until = (
            _("The answer is promised for %(day)s") % {"day": date_format(line.expected_on)} if line.expected_on else ""
        )
        by = _("Decided by %(name)s") % {"name": names.of(line.approver_id)} if line.approver_id else ""
        yield Item(
            line.requested_at, "decision", title, who=names.of(line.requester_id), text=reasons.get(line.pk, {}).get("reason", ""),
            extra=" · ".join(part for part in (until, by) if part), state=words.LAW_LETTER_STATES[line.state],
            chip={"delivered": "ok", "refused": "warn", "failed": "bad"}.get(line.state, "info"), icon="envelope-paper",
        )  # fmt: skip
    for rung in mine.escalations(case.id):
        title = (
            _("Escalated to %(name)s") % {"name": names.of(rung.to_id)} if rung.to_id else _("Nobody could be reached")
        )
        ways = [words.CHANNELS[code].word(get_language() or "zh-hans") for code in rung.channels.split()[1:]]
        extra = [_("also by %(ways)s") % {"ways": _(", ").join(ways)}] if ways and rung.to_id else []
        if rung.told_at and rung.told_at > rung.escalated_at:
            extra.append(
                _("told at the end of the quiet hours: %(at)s")
                % {"at": date_format(localtime(rung.told_at), "DATETIME_FORMAT")}
            )
        yield Item(
            rung.escalated_at, "decision", title, extra=" · ".join(extra), state=words.LEVELS[rung.level], chip="warn",
            icon="bell",
        )  # fmt: skip
    for closure in mine.closures(case.id):
        yield Item(
            closure.closed_at, "decision", _("Closed (cycle %(cycle)s)") % {"cycle": closure.cycle},
            state=words.OUTCOMES[closure.outcome], chip="ok", icon="check2-circle",
        )  # fmt: skip
    if case.confirmed_at:
        yield Item(
            case.confirmed_at, "customer", _("The customer accepts the answer"), icon="hand-thumbs-up", chip="ok"
        )


def _ratings(case: Case) -> Iterator[Item]:
    for answer in surveys.answers_of(case.id):
        title = _("The customer rated us %(score)s of 5") % {"score": answer.score}
        yield Item(answer.answered_at, "customer", title, text=hide_numbers(answer.comment), icon="star")
