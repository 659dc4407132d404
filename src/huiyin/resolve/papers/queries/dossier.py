"""案卷: a whole case as one numbered document: cover, contents, pieces, attachments, limits, hands, proof.

What stands in it is what the reader may see of the case; the customer's particulars are masked unless they were asked
for in full with a reason, and stand nowhere where the reader's role sees none.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.clocks.queries import LegLine
from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import label
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label, Named
from huiyin.ledger import queries as ledger
from huiyin.listen.voices import queries as voices
from huiyin.platform.documents.queries import (
    Block,
    Break,
    Code,
    Document,
    Grid,
    Heading,
    Pairs,
    Picture,
    Words,
)
from huiyin.platform.files import queries as files
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.cases.queries import Case
from huiyin.resolve.papers.rules import REASONS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Print:
    """How a dossier is to be printed: `reason` a code, `detail` its words (the number of an order, say)."""

    reason: str
    detail: str = ""
    notes: bool = True
    full: bool = False


@dataclass(frozen=True)
class Dossier:
    """The document and how many numbered pieces it has."""

    document: Document
    pieces: int


def pieces_of(case: Case, actor: Actor) -> tuple[int, int]:
    """How many pieces a dossier would have, about, and how many bytes its attachments are."""
    kept = files.files_of(case.pk)
    return len(cases.timeline(case, actor)) + len(kept), sum(file.size for file in kept)


def dossier(case: Case, asked: Print, actor: Actor, at: datetime, mark: str) -> Dossier:
    """In the language that is active. `mark` is the number of the printing; it stands at the foot of every page."""
    items = [item for item in cases.timeline(case, actor) if asked.notes or item.sort != "note"]
    legs = _legs(case, at)
    parts = [
        *(partial(_item, item) for item in items),
        *(partial(_file, file, _may_open(case, actor, at)) for file in files.files_of(case.pk)),
        *(partial(_limit, view, at) for view in clocks.clocks_of(case.pk)),
        *([partial(_hands, legs)] if legs else []),
        *([partial(_outcome, case)] if _has_outcome(case) else []),
        partial(_proof, case),
    ]
    blocks: list[Block] = []
    for n, part in enumerate(parts, start=1):
        title, body = part()
        blocks += [Heading(f"{n}  {title}"), *body]
    bank, person = cases.bank_name(_chinese()), staff.person(actor.staff)
    printer = f"{_name(person)} {person.number}" if person else ""
    document = Document(
        title=_("Dossier of a complaint") if case.kind in ("complaint", "low_score") else _("Dossier of a case"),
        language=get_language() or "zh-hans",
        made_at=localtime(at),
        letterhead=(bank,),
        cover=True,
        about=tuple(_cover(case, asked, actor, at, printer, len(parts))),
        contents=True,
        contents_title=_("Contents of the dossier"),
        footer=" · ".join(part for part in (case.number, printer, _moment(at), mark) if part),
        seal=_seal(case),
        blocks=(*blocks, Break(), *_closing(asked)),
    )
    return Dossier(document, len(parts))


def _cover(
    case: Case, asked: Print, actor: Actor, at: datetime, printer: str, pieces: int
) -> Iterator[tuple[str, str]]:
    product = products.label(case.product) if case.product else None
    state = _word(cases.STATES[case.state])
    if case.outcome:
        state += f" · {_word(cases.OUTCOMES[case.outcome])}"
    rows = [
        (_("Number"), case.number),
        (_("Kind and severity"), f"{_word(cases.KINDS[case.kind])} · {_word(cases.SEVERITIES[case.severity])}"),
        (_("Received"), f"{_moment(case.received_at)} · {_word(label('channel', case.channel))}"),
        (_("Unit"), _name(case.unit)),
        (_("First-contact owner"), _name(case.owner)),
        (_("Handler"), _name(case.handler)),
        (_("Product"), _word(product) if product else ""),
        (_("Business category"), _word(label("category", case.category)) if case.category else ""),
        (_("State"), state),
        (_("Closed on"), _moment(case.closed_at) if case.closed_at else ""),
        *_customer(case, asked, actor, at),
        (_("Pieces"), str(pieces)),
        (_("Printed for"), " · ".join(part for part in (_word(REASONS[asked.reason]), asked.detail) if part)),
        (_("Printed"), f"{_moment(at)} · {printer}" if printer else _moment(at)),
    ]
    return ((name, value) for name, value in rows if value)


def _customer(case: Case, asked: Print, actor: Actor, at: datetime) -> Rows:
    """Masked, as on the page; in full for a reason; left out where the role of the reader shows no customers."""
    if permit.can(actor, "case.export", cases.sight(case, at)).masked:
        return [(_("Customer"), _("not shown to your role"))]
    said = voices.words(case.pk)
    names = {
        "name": _("Customer"), "representative_name": _("Represented by"), "phone": _("Telephone"),
        "email": _("E-mail"), "id_number": _("Identity document"),
    }  # fmt: skip
    values = {
        "name": said.name, "representative_name": said.representative, "phone": said.phone, "email": said.email,
        "id_number": said.id_number,
    }  # fmt: skip
    given = {name: value for name, value in values.items() if value}
    shown = given if asked.full else vault.masked(given)
    return [(names[name], value) for name, value in shown.items()]


def _item(item: cases.Item) -> tuple[str, list[Block]]:
    inside = _("internal") if item.sort == "note" else ""
    about = [_moment(item.at), item.who, _word(item.state) if item.state else "", inside]
    body: list[Block] = [Words(" · ".join(part for part in about if part), quiet=True)]
    body += [Words(text) for text in (item.text, item.extra) if text]
    return item.title, body


def _file(file: files.FileView, may_open: bool) -> tuple[str, list[Block]]:
    rows = [
        (_("Name"), file.name or _("(erased)")),
        (_("Kind and size"), f"{file.mime} · {file.size:,} B"),
        (_("Received"), _moment(file.kept_at)),
    ]
    if may_open:
        rows.append((_("SHA-256 of the file"), _content_hash(file)))
    rows.append((_("SHA-256 of the sealed copy, as in the ledger"), file.sha256))
    return _("Attachment"), [Pairs(tuple(row for row in rows if row[1]))]


def _content_hash(file: files.FileView) -> str:
    """Of what was sent to us, so that whoever holds a copy can compare it."""
    try:
        return hashlib.sha256(files.open_file(file.id)[2]).hexdigest()
    except files.Gone:
        return _("erased, as the law asks")
    except files.Damaged:
        return _("the stored copy is damaged: it has to come back from a backup")


def _limit(view: clocks.ClockView, at: datetime) -> tuple[str, list[Block]]:
    family, standing = label("clock_family", view.family), label("clock_state", view.standing(at))
    rows = [(_("Counted from"), _moment(view.anchor_at))]
    body: list[Block] = []
    if view.due_at:
        rows.append((_("Due"), _deadline(view.due_at) + (f" ({_('provisional')})" if view.provisional else "")))
    if view.satisfied_at:
        rows.append((_("Ended"), _moment(view.satisfied_at)))
    if view.breached_at:
        rows.append((_("Overdue since"), _moment(view.breached_at)))
    for pause in view.pauses:
        until = _moment(clocks.moment(pause.end)) if pause.end is not None else _("still paused")
        why = _word(label("pause_reason", pause.reason))
        rows.append((_("Paused"), f"{_moment(clocks.moment(pause.start))} – {until} · {why}"))
    if view.due_at and (told := clocks.explain(view.id, at)):
        rows += [(_("Rule"), f"{_word(told.limit.label)} · {_word(told.limit.source)}")]
        counted = [day for day in told.days if day.why != "none"]
        if counted:
            body.append(
                Grid(
                    (_("Day"), _("What it is"), _("Counted")),
                    tuple((f"{day.date:%Y-%m-%d}", _day_words(day.why), _amount(day.counted, told.in_days)) for day in counted),
                    widths=(3, 5, 2),
                )
            )  # fmt: skip
    rows.append((_("Definition and calendar"), f"{view.definition} · {view.calendar}"))
    cycle = " · " + _("cycle %(n)d") % {"n": view.cycle} if view.cycle > 1 else ""
    title = _("Time limit: %(what)s") % {"what": f"{_word(family)} · {_word(standing)}{cycle}"}
    return title, [Pairs(tuple(rows)), *body]


def _day_words(why: str) -> str:
    words = {
        "start_day": _("first day, not counted"), "closed": _("not open"), "paused": _("paused"), "counted": _("counted"),
    }  # fmt: skip
    return words.get(why, "")


def _amount(counted: int, in_days: bool) -> str:
    if not counted:
        return "—"
    return str(counted) if in_days else f"{counted // 3600}:{counted % 3600 // 60:02d}"


def _legs(case: Case, at: datetime) -> list[LegLine]:
    """Every step of every cycle, with whom it counts for and the working time it used."""
    found = [one for n in range(1, case.cycle + 1) if (one := clocks.attribution(case.pk, at, n))]
    return [line for one in found for line in one.legs]


def _hands(legs: list[LegLine]) -> tuple[str, list[Block]]:
    """Who had it, from when, and how much working time is theirs."""
    people = staff.people({line.staff for line in legs if line.staff})
    rows = tuple(
        (
            _moment(line.entered_at), _name(people.get(line.staff)) or _("not taken up yet"),
            _word(cases.ROUTES[line.route]) + (f" ({_('late')})" if line.late else ""),
            f"{line.business_s // 3600}:{line.business_s % 3600 // 60:02d}",
        )
        for line in legs
    )  # fmt: skip
    head = (_("From"), _("Who"), _("How"), _("Working hours"))
    return _("Who had it and how long"), [Grid(head, rows, widths=(4, 3, 3, 2))]


def _has_outcome(case: Case) -> bool:
    return bool(cases.redress_of(case.pk) or cases.finding(case.pk, case.cycle))


def _outcome(case: Case) -> tuple[str, list[Block]]:
    body: list[Block] = []
    found = cases.finding(case.pk, case.cycle)
    if found:
        post = staff.POST.get(found.post)
        rows = [
            (_("Root cause"), _word(cases.trail(found.root_cause))),
            (_("Responsible post"), _word(post) if post else ""),
            (_("At"), _name(found.at_unit)),
        ]
        body.append(Pairs(tuple(row for row in rows if row[1])))
    lines = [
        (
            _moment(row.proposed_at), _word(label("redress_kind", row.kind)),
            cases.amount_words(row.amount, row.currency) if row.amount else "—", _word(cases.REDRESS_STATES[row.state]),
            _name(row.approver) or "—",
        )
        for row in cases.redress_of(case.pk)
    ]  # fmt: skip
    if lines:
        head = (_("Proposed"), _("Redress"), _("Amount"), _("State"), _("Approved by"))
        body.append(Grid(head, tuple(lines), widths=(4, 3, 3, 3, 3)))
    return _("Findings and redress"), body


def _proof(case: Case) -> tuple[str, list[Block]]:
    """Every entry of the ledger about this case, and whether it still matches its seal."""
    entries = ledger.entries_of(case.stream)
    broken = [entry for entry in entries if not ledger.is_intact(entry)]
    rows = tuple(
        (
            str(entry.version), _moment(_EPOCH + timedelta(microseconds=entry.occurred_us)),
            _word(cases.FACT_WORDS.get(entry.type, Label(entry.type, entry.type, entry.type)))
            + (f" ({_('changed')})" if entry in broken else ""),
            entry.hash.hex(),
        )
        for entry in entries
    )  # fmt: skip
    verdict = (
        _("%(n)d of %(all)d entries do not match their seals.") % {"n": len(broken), "all": len(entries)}
        if broken
        else _("Each of the %(all)d entries matches its seal.") % {"all": len(entries)}
    )
    body: list[Block] = [
        Words(verdict),
        Grid((_("No."), _("Time"), _("What"), "SHA-256"), rows, widths=(3, 10, 10, 17), code=(3,)),
    ]
    checkpoint = ledger.newest_checkpoint()
    if checkpoint:
        body += [Words(_("Newest signed checkpoint of the whole ledger:")), Code(checkpoint)]
    if seal := _seal(case):
        body += [Words(_("Anybody can check the first entry, the customer's receipt, at this address:")), seal]
        body.append(Code(seal.words))
    body.append(Words(_("The whole ledger is checked with huiyin verify, without the bank."), quiet=True))
    return _("Proof of the ledger"), body


def _closing(asked: Print) -> list[Block]:
    """备考表: what was left out, and room for the hand that files it."""
    said = [_("Numbers of persons, cards and telephones, and the customer's own links, stand shortened inside texts.")]
    if not asked.notes:
        said.append(_("Internal notes are left out."))
    if not asked.full:
        said.append(_("The customer's particulars are masked."))
    blank = "_" * 24
    signed = ((_("Compiled by"), blank), (_("Checked by"), blank), (_("Date"), blank))
    return [Heading(_("Filing note")), Words("\n".join(said)), Pairs(signed)]


def _seal(case: Case) -> Picture | None:
    first = ledger.first_entry(case.stream)
    if first is None:
        return None
    return Picture(ledger.receipt_qr(first), ledger.verify_address(first), width=30)


def _may_open(case: Case, actor: Actor, at: datetime) -> bool:
    return bool(permit.can(actor, "file.read", cases.sight(case, at)))


def _chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


def _word(value: Label) -> str:
    return value.word(get_language() or "zh-hans")


def _name(value: Named | None) -> str:
    return value.word(get_language() or "zh-hans") if value is not None else ""


def _deadline(at: datetime) -> str:
    """Midnight is the end of the day before it."""
    local = localtime(at)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return _moment(at)
    return _moment(at - timedelta(microseconds=1)).replace("23:59", "24:00")


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    local = localtime(at)
    if _chinese():
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {local:%B} {local.year}, {local:%H:%M}"
