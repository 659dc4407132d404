"""Which packs a matter falls under, and what is proposed."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from huiyin.bank.standards import rules
from huiyin.bank.standards.models import Adoption, Proposal
from huiyin.bank.standards.queries.books import (
    HOME_ZONE,
    book,
    choice,
    facet,
    label,
    newest,
    read_calendar,
    shipped_text,
)
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import HOUR_UNITS, Calendar, due
from huiyin.kernel.label import Label
from huiyin.kernel.limits import Book, Pack, holds
from huiyin.kernel.permit import can


def packs_for(attrs: Mapping[str, Any], at: datetime, kind: str = "case") -> tuple[str, ...]:
    """The packs of a matter received at an instant, as `code/version`: chosen by the institution, in force then, and for
    matters like this. Several may apply."""
    return chooser()(attrs, at, kind)


def chooser() -> Callable[[Mapping[str, Any], datetime, str], tuple[str, ...]]:
    """`packs_for` for many matters: what the institution has chosen is looked up once."""
    known, codes = book(), tuple(choice())

    def packs(attrs: Mapping[str, Any], at: datetime, kind: str) -> tuple[str, ...]:
        on = at.astimezone(HOME_ZONE).date()
        return tuple(p.ref for p in _in_force(known, codes, on) if kind in p.kinds and holds(p.applies, attrs))

    return packs


@lru_cache(maxsize=4096)
def _in_force(known: Book, codes: tuple[str, ...], on: date) -> tuple[Pack, ...]:
    return tuple(pack for code in codes if (pack := known.pack(code, on)))


def in_force(code: str, at: datetime) -> Pack | None:
    """The version of a pack that a matter received at an instant stands under."""
    return book().pack(code, at.astimezone(HOME_ZONE).date())


def named_in_force(codes: Sequence[str], at: Iterable[datetime]) -> dict[datetime, tuple[str, ...]]:
    """For matters received at these instants: the versions in force of packs that are named, as `code/version`."""
    known, named = book(), tuple(codes)
    return {one: tuple(p.ref for p in _in_force(known, named, one.astimezone(HOME_ZONE).date())) for one in set(at)}


HOME_REGULATOR = "nfra"  # whose limit is that of every complaint: no pack needs to ask for it


def forwarders() -> list[Label]:
    """The bodies that may have forwarded a complaint: every one that a pack asks about, and the regulator of the house."""
    found = book()
    asked = {HOME_REGULATOR}
    for pack in found.packs:
        conditions = [pack.applies, *(c for limit in pack.limits for c in (limit.arm_if, limit.selector))]
        asked |= {code for condition in conditions for code in condition.get("source", ())}
    return [one for one in facet("source") if one.code in asked]


def pack_of(ref: str) -> Pack | None:
    """The pack version a case is stamped with: `code/version`."""
    return next((pack for pack in book().packs if pack.ref == ref), None)


def calendar_choices(pack: Pack) -> tuple[str, ...]:
    """The calendars an institution may choose for a pack, the pack's own first; none where the rule names it."""
    if pack.calendars:
        return pack.calendars
    if pack.legal or not pack.limits:
        return ()
    own = pack.limits[0].calendar
    return (own, *sorted(code for code in book().calendars if "/" not in code and code != own))


def choosable() -> list[Pack]:
    """The packs an institution may work by: those that do something for a case from its receipt on."""
    return [
        pack
        for pack in newest(book())
        if "case" in pack.kinds and (pack.provisions or any("complaint.received" in limit.arm for limit in pack.limits))
    ]


def chosen_in(body: str) -> dict[str, str]:
    """The packs of a choice as a proposal holds it, each with its calendar."""
    return rules.parse_choice(body)


def judgeable(pack: Pack) -> dict[tuple[str, str], Label]:
    """The limits of a pack for which another length can be tried: family and purpose, with the word for them."""
    found: dict[tuple[str, str], Label] = {}
    for limit in pack.limits:
        if len(limit.terms) == 1 and not limit.warn_only and not limit.chosen_date and "case" in limit.kinds:
            found.setdefault((limit.family, limit.purpose), label("clock_family", limit.family))
    return found


def body_of(code: str) -> str:
    """The text of a pack or calendar as it is, to begin a new version with; empty if there is none."""
    own = Adoption.objects.filter(code=code).exclude(body="").order_by("-effective_at", "-id").first()
    return own.body if own else shipped_text(code)


def read_calendar_text(body: str) -> Calendar:
    """A calendar from its text (a proposal's, which was read before)."""
    return read_calendar(tomllib.loads(body))


def calendars_in_use() -> set[str]:
    """The calendars that the chosen packs count on."""
    chosen = choice()
    return {limit.calendar for pack in book().packs if pack.code in chosen for limit in pack.limits}


def right_until(ref: str, id: str, at: datetime) -> date | None:
    """Until which date a right of the customer lasts that begins at an instant (a provision with a time)."""
    pack = pack_of(ref)
    found = next((p for p in pack.provisions if p.id == id), None) if pack else None
    if found is None or found.term is None:
        return None
    return due(book().calendar(found.calendar), found.term, int(at.timestamp())).date


def current(sort: str, code: str, at: datetime) -> str:
    """What is in use, as a proposal notes it: a version, or the list of packs."""
    if sort == "choice":
        return ",".join(sorted(f"{pack}={where}" for pack, where in choice().items()))[:64]
    if sort == "calendar":
        return book().calendars[code].version if code in book().calendars else ""
    pack = book().pack(code, at.astimezone(HOME_ZONE).date())
    return pack.version if pack else ""


def visible_to(actor: Actor) -> QuerySet[Proposal]:
    """Proposals are the institution's, not a matter's: whoever may read the standards may read them."""
    return Proposal.objects.all() if can(actor, "standards.read") else Proposal.objects.none()


def proposal(id: UUID, actor: Actor) -> Proposal | None:
    return visible_to(actor).filter(id=id).first()


def unfinished() -> list[Proposal]:
    """Approved proposals whose running time limits have not all been moved, oldest first."""
    wanted = Proposal.objects.filter(state="approved", running=True, done_at=None)
    return list(wanted.order_by("decided_at", "id"))


def claimed(id: UUID) -> Proposal | None:
    """An approved proposal whose running time limits are still to be moved, locked for whoever moves them."""
    wanted = Proposal.objects.select_for_update().filter(id=id, state="approved", running=True, done_at=None)
    return wanted.first()


def is_amount(text: str, unit: str) -> bool:
    """A length somebody typed: whole days up to three years, or hours with up to three decimals."""
    pattern = r"[0-9]{1,5}([.][0-9]{1,3})?" if unit in HOUR_UNITS else r"[0-9]{1,4}"
    return re.fullmatch(pattern, text) is not None and float(text) <= (26_280 if unit in HOUR_UNITS else 1_095)
