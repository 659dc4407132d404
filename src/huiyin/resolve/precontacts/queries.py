"""What was asked of customers and answered, for the case page, its timeline and whoever takes over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.products import queries as products
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.secret import secret_hash, sent
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import queries as files
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts import rules
from huiyin.resolve.precontacts.models import Precontact

if TYPE_CHECKING:
    from huiyin.bank.standards.models import Template

TABLE = "precontacts_precontact"
AUDIENCE = "asking"


def visible_to(actor: Actor, at: datetime) -> QuerySet[Precontact]:
    """What was asked in the cases this person may read."""
    rows = Precontact.objects.select_related("asked_by", "handed_to", "settled_by")
    if actor.kind != "staff":
        return rows.none()
    return rows.filter(case__in=cases.visible_to(actor, at).values("pk"))


def precontacts_of(case: UUID) -> list[Precontact]:
    return list(Precontact.objects.filter(case=case).select_related("asked_by", "handed_to", "settled_by"))


def open_one(case: UUID) -> Precontact | None:
    return Precontact.objects.filter(case=case, state__in=rules.OPEN).first()


def by_secret(secret: str) -> Precontact | None:
    return Precontact.objects.filter(secret_hash=secret_hash(secret)).first()


def current_case(row: Precontact) -> cases.Case | None:
    """The case in which the answer is worked on: where its own was merged, the one that goes on."""
    return cases.case(cases.survivor_of(row.case))


def is_waited_for(row: Precontact) -> bool:
    """May it still be answered: nobody answered or went on without, and the case is still worked on."""
    return may_answer(row, current_case(row))


def may_answer(row: Precontact, case: cases.Case | None) -> bool:
    return row.state in rules.OPEN and case is not None and case.state in rules.WAITED_IN


def secret(precontact: UUID) -> str:
    """The secret of the link."""
    stored = Precontact.objects.filter(pk=precontact).values_list("secret_hash", flat=True)
    return sent(
        b"huiyin.precontact", precontact.bytes, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, stored.first
    )


def link(precontact: UUID) -> str:
    return f"{settings.HUIYIN_BASE_URL}/answer/{secret(precontact)}/"


def texts() -> list["Template"]:
    """The approved texts that ask a customer for something, by code."""
    return standards.templates_of(AUDIENCE)


def text_of(code: str) -> "Template | None":
    return next((one for one in texts() if one.code == code), None)


def letter(row: Precontact, case: cases.Case) -> tuple[str, str]:
    """Title and body of the message, in the customer's language: the approved text, what is asked, our own words and
    where to answer. A text that was retired meanwhile leaves the list and the link."""
    filled = cases.filled(case, row.template.partition("/")[0])
    one = told(row, row.language)
    asked = "\n".join(f"· {line.title}" for line in one.lines)
    parts = (filled.text if filled else "", asked, one.note, link(row.pk))
    return (filled.title if filled else case.number), "\n".join(part for part in parts if part)


def currency_of(row: Precontact) -> str:
    return vault.reveal(TABLE, row.pk).get("currency", "") or "CNY"


def papers() -> list[Label]:
    """The kinds of papers that may be asked for."""
    return standards.facet("paper")


def usual(case: cases.Case) -> tuple[str, ...]:
    known = {label.code for label in papers()}
    return tuple(code for code in rules.USUAL.get(case.category, ()) if code in known)


def on_record(case: cases.Case) -> dict[str, str]:
    """What the bank has of the facts of a complaint: codes and ISO dates by kind of fact, as they are kept."""
    voice = voices.voice(case.pk)
    happened = voice.occurred_on.isoformat() if voice and voice.occurred_on else ""
    found = {"product": case.product, "unit": str(case.unit_id), "occurred_on": happened}
    return {kind: value for kind, value in found.items() if value}


def shown(kind: str, value: str, language: str) -> str:
    """A fact in words for the reader: the product's and the unit's names, the day as days are written."""
    if kind == "product":
        return products.label(value).word(language)
    if kind == "unit":
        try:
            found = units.units([UUID(value)]).get(UUID(value))
        except ValueError:
            return value
        return found.word(language) if found else value
    if kind == "occurred_on":
        try:
            return date_format(date.fromisoformat(value))
        except ValueError:
            return value
    return value


def title(item: str, language: str) -> str:
    sort, code = rules.sort_of(item)
    return (standards.label("paper", code) if sort == "paper" else rules.FACT[code]).word(language)


@dataclass(frozen=True)
class Line:
    """One thing asked: what, the value shown to the customer, the answer, the correction, the files."""

    item: str
    title: str
    value: str
    choice: Label | None
    corrected: str
    attached: tuple[files.FileView, ...] = ()

    @property
    def is_paper(self) -> bool:
        return self.item.startswith("paper:")


@dataclass(frozen=True)
class Told:
    """One precontact with everything asked and answered so far. `note`: our words; `text`: the customer's."""

    row: Precontact
    state: Label
    why: Label | None
    lines: tuple[Line, ...]
    note: str
    text: str
    whole: bool

    @property
    def is_open(self) -> bool:
        return self.row.state in rules.OPEN


def told(row: Precontact, language: str = "") -> Told:
    language = language or get_language() or "zh-hans"
    kept = vault.reveal(TABLE, row.pk)
    kept_files = {str(one.id): one for one in files.files_of(row.case)} if row.files else {}
    lines = []
    for item in row.items:
        kind = rules.sort_of(item)[1]
        asked, corrected = kept.get(f"asked:{item}", ""), kept.get(f"said:{item}", "")
        lines.append(
            Line(
                item=item, title=title(item, language), value=shown(kind, asked, language) if asked else "",
                choice=rules.CHOICE.get(row.answers.get(item, "")),
                corrected=shown(kind, corrected, language) if corrected else "",
                attached=tuple(kept_files[one] for one in row.files.get(item, ()) if one in kept_files),
            )
        )  # fmt: skip
    return Told(
        row=row, state=rules.STATES[row.state], why=rules.WHY.get(row.why), lines=tuple(lines),
        note=kept.get("note", ""), text=kept.get("text", ""), whole=rules.settled(row.answers),
    )  # fmt: skip


def known_items(row: Precontact) -> frozenset[str]:
    """The facts for which the customer was shown a value."""
    kept = vault.reveal(TABLE, row.pk)
    return frozenset(item for item in row.items if kept.get(f"asked:{item}"))


def show_on_the_case_page() -> None:
    """The case page has a card, and its timeline a line for every question and answer."""
    cases.panel(_card)
    cases.also_on_the_timeline(_items)


def _card(case: cases.Case, actor: Actor, at: datetime) -> cases.Panel | None:
    rows = precontacts_of(case.pk)
    sight = cases.sight(case, at)
    may = bool(permit.can(actor, "case.reply", sight))
    ask = may and case.state in ("working", "approving") and not any(row.state in rules.OPEN for row in rows)
    if not rows and not ask:
        return None
    opens = bool(permit.can(actor, "file.read", sight))
    said = {
        "case": case,
        "told": [_for_colleagues(told(row)) for row in reversed(rows)],
        "links": {one.id: files.link(one.id, actor) for one in files.files_of(case.pk)} if rows and opens else {},
        "may": may,
        "may_ask": ask,
        "texts": bool(texts()) if ask else True,
        "today": localdate(at),
    }
    return cases.Panel("precontacts/card.html", said)


def _for_colleagues(one: Told) -> Told:
    """The same, without the numbers that identify a person."""
    hide = cases.hide_numbers
    lines = tuple(replace(line, value=hide(line.value), corrected=hide(line.corrected)) for line in one.lines)
    return replace(one, lines=lines, text=hide(one.text))


def for_colleagues(row: Precontact) -> Told:
    return _for_colleagues(told(row))


def _items(case: cases.Case) -> Iterator[cases.Item]:
    language = get_language() or "zh-hans"
    for row in precontacts_of(case.pk):
        one = _for_colleagues(told(row, language))
        asked = "\n".join(
            f"{line.title}{_colon(language)}{line.value}" if line.value else line.title for line in one.lines
        )
        in_person = row.handed_at == row.asked_at
        what = _("Questions for the customer") if in_person else _("The customer was asked by message")
        yield cases.Item(
            row.asked_at, "decision", what, who=row.asked_by.word(language), text=asked, icon="ui-checks",
        )  # fmt: skip
        if row.handed_at:
            to = row.handed_to.word(language) if row.handed_to else _("nobody")
            yield cases.Item(
                row.handed_at, "decision", _("A person takes over: %(name)s") % {"name": to},
                state=one.why, chip="warn", icon="people",
            )  # fmt: skip
        if row.state == "answered" and row.settled_at:
            yield cases.Item(
                row.settled_at, "customer", _("The customer answered the questions"),
                who=row.settled_by.word(language) if row.settled_by else "",
                text="\n".join(_line(line, language) for line in one.lines), extra=one.text, icon="chat-left-quote",
            )  # fmt: skip
        elif row.state == "dropped" and row.settled_at:
            yield cases.Item(
                row.settled_at, "decision", _("Gone on without the answers"),
                who=row.settled_by.word(language) if row.settled_by else "", icon="x-circle",
            )  # fmt: skip


def _colon(language: str) -> str:
    return "：" if language.startswith("zh") else ": "


def _line(line: Line, language: str) -> str:
    comma = "，" if language.startswith("zh") else ", "
    parts = [line.value, line.choice.word(language) if line.choice else "", line.corrected]
    parts += [one.name for one in line.attached]
    return f"{line.title}{_colon(language)}{comma.join(part for part in parts if part)}"
