"""Finding matters, messages and customers, as this reader may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import label
from huiyin.bank.units import queries as units
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal
from huiyin.listen.voices import queries as voices
from huiyin.platform.messages import queries as messages
from huiyin.platform.search import queries as index
from huiyin.platform.search.queries import LONGEST_QUERY, Hit, Part, Word
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.finding.rules import KIND, KINDS, MOST_UNITS, WHY, about_row, is_whole, number_asked

__all__ = ["KIND", "KINDS", "LONGEST_QUERY", "SIZE"]

SIZE = 20
MOST_PEOPLE = 50
_PERSON = ("phone", "id", "email", "name")


class NothingAsked(Refusal):
    status = 400
    message = _("Write what you are looking for.")


class TooLong(Refusal):
    status = 400
    message = _("A search may have 200 characters.")


class Unstorable(Refusal):
    status = 400
    message = _("The text holds characters that cannot be searched for.")


class UnknownKind(Refusal):
    status = 400
    message = _("There is no such kind of result.")


@dataclass(frozen=True)
class Asked:
    """A search: words, and what narrows it. `page` counts from 1."""

    q: str
    kind: str = ""
    state: str = ""
    unit: UUID | None = None
    since: date | None = None
    until: date | None = None
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One result. `case` is its case; `parts` are the words around the hit, numbers of persons hidden."""

    kind: Label
    row: UUID
    case: Any
    title: str
    parts: list[Part]
    at: datetime
    why: Label


@dataclass(frozen=True)
class Person:
    """A customer who fits, masked."""

    id: UUID
    name: str
    phone: str


@dataclass
class Results:
    """`total` counts what this reader may see; with `more` there are others beyond it. `some`: nothing has all the
    words, these have some of them. `searched`: false if there was nothing in the question to search texts for."""

    lines: list[Line] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    more: bool = False
    some: bool = False
    searched: bool = True
    page: int = 1
    pages: int = 1


@dataclass(frozen=True)
class _Scored:
    hit: Hit
    why: str
    score: float


def find(asked: Asked, actor: Actor, at: datetime) -> Results:
    """Exact numbers and persons first, then texts by matches × recency. Recused readers find nothing of the matter."""
    permit.must(actor, "case.read")
    q = _checked(asked)
    visible = _visible(asked, actor, at)
    found: dict[UUID, _Scored] = {}
    results = Results()
    number = number_asked(q)
    if number:
        for hit in _ask([index.label(number)], asked, visible, actor, at).hits:
            found[hit.row] = _Scored(hit, "number", 3_000_000_000 + hit.at.timestamp())
    customers = _customers(q)
    for case in (
        visible.filter(customer__in=customers).order_by("-received_at", "-id")[:MOST_PEOPLE] if customers else ()
    ):
        hit = Hit("case", case.pk, case.pk, case.received_at)
        if asked.kind in ("", "case"):
            found.setdefault(case.pk, _Scored(hit, "person", case.received_at.timestamp()))
    results.people = _people(customers, visible, actor)
    words = index.words_of(q)
    results.searched = bool(words or number or results.people)
    if words and not (number and (found or is_whole(number))):
        scored, results.more, results.some = _by_text(words, asked, visible, actor, at, bool(found))
        for one in scored:
            found.setdefault(one.hit.row, one)
    ranked = sorted(found.values(), key=lambda one: (one.score, one.hit.at, one.hit.row), reverse=True)
    for one in ranked:
        results.counts[one.hit.kind] = results.counts.get(one.hit.kind, 0) + 1
    results.total = len(ranked)
    results.pages = max(1, -(-len(ranked) // SIZE))
    results.page = min(max(asked.page, 1), results.pages)
    start = (results.page - 1) * SIZE
    results.lines = _lines(ranked[start : start + SIZE], words)
    return results


def _checked(asked: Asked) -> str:
    if asked.kind and asked.kind not in KIND:
        raise UnknownKind
    if "\x00" in asked.q or any("\ud800" <= letter <= "\udfff" for letter in asked.q):
        raise Unstorable
    q = asked.q.strip()
    if not q:
        raise NothingAsked
    if len(q) > LONGEST_QUERY:
        raise TooLong
    return q


def _visible(asked: Asked, actor: Actor, at: datetime) -> QuerySet:
    found = cases.visible_to(actor, at)
    if asked.state == "open":
        found = found.filter(closed_at=None)
    elif asked.state == "closed":
        found = found.filter(closed_at__isnull=False)
    if asked.unit:
        today = localdate(at)
        found = found.filter(unit__in=units.under(units.path_of(asked.unit, today), today))
    return found


def _scopes(asked: Asked, actor: Actor, at: datetime) -> list[str] | None:
    """What narrows the index before anything is read: few units, or oneself. None: too many to be worth it."""
    today = localdate(at)
    if asked.unit:
        here = units.under(units.path_of(asked.unit, today), today)
        return [f"unit:{one.hex}" for one in here] if len(here) <= MOST_UNITS else None
    if actor.kind == "machine" and not actor.scopes:
        return None
    reach: set[UUID] = set()
    for path in permit.paths(actor, "case.read"):
        if path.count("/") <= 1:
            return None
        reach.update(units.under(path, today))
    if len(reach) > MOST_UNITS:
        return None
    mine = [f"staff:{actor.staff.hex}"] if actor.staff and permit.own(actor, "case.read") else []
    return [f"unit:{one.hex}" for one in reach] + mine


def _ask(terms: Sequence[str], asked: Asked, visible: QuerySet, actor: Actor, at: datetime) -> index.Found:
    def keep(matters: Collection[UUID]) -> set[UUID]:
        wanted = list(matters)
        seen: set[UUID] = set()
        for start in range(0, len(wanted), 500):
            seen.update(visible.filter(pk__in=wanted[start : start + 500]).order_by().values_list("pk", flat=True))
        return seen

    kinds: tuple[str, ...] = (asked.kind,) if asked.kind else ()
    if not _sees_persons(actor):
        kinds = tuple(code for code in KIND if code != "about" and asked.kind in ("", code))
        if not kinds:
            return index.Found()
    found = index.find(
        terms=terms, scopes=_scopes(asked, actor, at), keep=keep, kinds=kinds,
        since=_midnight(asked.since), until=_midnight(asked.until + timedelta(days=1)) if asked.until else None,
    )  # fmt: skip
    found.hits = _without_others(found.hits, actor, at)
    return found


def _sees_persons(actor: Actor) -> bool:
    """Does any role of this reader show persons, or only cases without them?"""
    machine = actor.kind == "machine" and not actor.scopes
    return machine or any(
        permit.MATRIX["case.read"].get(scope.role) in (permit.SCOPE, permit.OWN) for scope in actor.scopes
    )


def _without_others(hits: list[Hit], actor: Actor, at: datetime) -> list[Hit]:
    """Whom a matter is about is found only by those who see persons in that very matter: by the reach of a role that
    does, or as its owner or handler; not by a manager to whom it came back masked."""
    about = [hit.matter for hit in hits if hit.kind == "about"]
    if not about or (actor.kind == "machine" and not actor.scopes):
        return hits
    reach = tuple(scope.path for scope in actor.scopes if permit.MATRIX["case.read"].get(scope.role) == permit.SCOPE)
    masked = set(staff.masked_subjects(actor.staff, at).values_list("subject", flat=True)) if actor.staff else set()
    open_to = {
        id
        for id, case in cases.cases(about).items()
        if id not in masked
        and (case.unit_path.startswith(reach) or (actor.staff and actor.staff in (case.owner_id, case.handler_id)))
    }
    return [hit for hit in hits if hit.kind != "about" or hit.matter in open_to]


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), get_current_timezone()) if day else None


def _by_text(
    words: list[Word], asked: Asked, visible: QuerySet, actor: Actor, at: datetime, enough: bool
) -> tuple[list[_Scored], bool, bool]:
    """Texts that have all the words; where none has, those with some of them."""
    terms = list(dict.fromkeys(term for word in words for term in word.terms))
    found = _ask(terms, asked, visible, actor, at)
    scored = _read(found.hits, words, at, len(words))
    if scored or enough or len(words) == 1:
        return scored, found.more, False
    hits: dict[UUID, Hit] = {}
    more = False
    for word in words:
        part = _ask(word.terms, asked, visible, actor, at)
        hits.update((hit.row, hit) for hit in part.hits)
        more = more or part.more
    scored = _read(list(hits.values()), words, at, 1)
    return scored, more, bool(scored)


def _read(hits: list[Hit], words: list[Word], at: datetime, least: int) -> list[_Scored]:
    """Read what the index found: it knows pairs of characters, the texts know whether they are words."""
    found = []
    texts = _texts(hits)
    for hit in hits:
        here = index.matches(texts.get(hit.row, ()), words)
        if len(here) >= least:
            found.append(_Scored(hit, "text", index.score(here, hit.at, at)))
    return found


def _texts(hits: list[Hit]) -> dict[UUID, tuple[str, ...]]:
    """What each hit says, from the rooms that keep it."""
    found: dict[UUID, tuple[str, ...]] = {}
    told = [hit.matter for hit in hits if hit.kind == "case"]
    if told:
        kept, words = cases.cases(told), voices.words_many(told)
        places = units.units(case.unit_id for case in kept.values())
        for id, case in kept.items():
            said, unit = words[id], places[case.unit_id]
            product = products.label(case.product) if case.product else None
            category = label("category", case.category) if case.category else None
            named = [text for one in (product, category) if one for text in (one.zh, one.en)]
            found[id] = (said.title, said.text, said.want, said.where, unit.name, unit.name_en, *named)
    others = list({hit.matter for hit in hits if hit.kind != "case"})
    for start in range(0, len(others), 400):
        part = others[start : start + 400]
        for added in voices.additions_many(part).values():
            found.update((one.id, (one.text,)) for one in added)
        for letters in messages.threads(part, without="acknowledgement").values():
            found.update((one.id, (one.title, one.body)) for one in letters)
        for notes in cases.notes_many(part).values():
            found.update((id, (text,)) for id, _at, text in notes)
        for drafts in cases.drafts_many(part).values():
            found.update((id, (text,)) for id, _at, text in drafts)
    about = [hit.matter for hit in hits if hit.kind == "about"]
    if about:
        found.update((about_row(id), texts) for id, texts in told_about(about, voices.words_many(about)).items())
    return found


def told_about(matters: Sequence[UUID], words: Mapping[UUID, voices.Words]) -> dict[UUID, tuple[str, ...]]:
    """Whom each matter is about: what the customer called them, and who they turned out to be."""
    accused = staff.accused_many(matters)
    people = staff.people({person for found in accused.values() for person in found})
    return {
        id: (
            *words[id].about,
            *(text for one in accused.get(id, ()) if (who := people.get(one)) for text in (who.name, who.name_en, who.number) if text),
        )
        for id in matters
    }  # fmt: skip


def _customers(q: str) -> list[UUID]:
    """People known by exactly this telephone, identity number, e-mail or name: through the blind index only."""
    found: list[UUID] = []
    for kind in _PERSON:
        found += [one for one in profiles.who_has(kind, q) if one not in found]
    return found[:MOST_PEOPLE]


def _people(customers: list[UUID], visible: QuerySet, actor: Actor) -> list[Person]:
    """Those of them with a matter that this reader may see, masked; only for roles that may see customers."""
    if not customers or not permit.can(actor, "customer.read"):
        return []
    seen = set(visible.filter(customer__in=customers).order_by().values_list("customer", flat=True))
    known = profiles.profiles([one for one in customers if one in seen])
    return [
        Person(one, vault.mask_name(known[one].name), vault.mask_phone(known[one].phone)) for one in customers if one in known
    ]  # fmt: skip


def _lines(ranked: list[_Scored], words: list[Word]) -> list[Line]:
    hits = [one.hit for one in ranked]
    kept, said = cases.cases([hit.matter for hit in hits]), voices.words_many([hit.matter for hit in hits])
    texts = _texts(hits)
    found = []
    for one in ranked:
        case = kept[one.hit.matter]
        title = cases.hide_numbers((said[case.pk].title or said[case.pk].text.split("\n")[0])[:60])
        here = texts.get(one.hit.row, ())
        best = _best(here, words)
        parts = index.snippet(cases.hide_numbers(cases.hide_links(best)), words)
        found.append(Line(KIND[one.hit.kind], one.hit.row, case, title, parts, one.hit.at, WHY[one.why]))
    return found


def _best(texts: tuple[str, ...], words: list[Word]) -> str:
    """The text with most of the words; the title, which stands above the snippet anyway, only if no other has any."""
    rest = texts[1:] or texts
    best = max(rest, key=lambda text: len(index.matches((text,), words)), default="")
    return best if index.matches((best,), words) or not rest else rest[0] or texts[0]
