"""What the machine reads in the words of one matter, for the card of the case page. It suggests; a person decides."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from huiyin.bank.products import queries as products
from huiyin.bank.units import queries as units
from huiyin.bank.units.queries import UnitView
from huiyin.kernel import personal
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.reading.models import Band, Place
from huiyin.resolve.reading.rules import alike
from huiyin.resolve.reading.rules.language import LANGUAGES, language_of
from huiyin.resolve.reading.rules.place import Suggested, suggested
from huiyin.resolve.reading.rules.words import SENTIMENTS, URGENCIES
from huiyin.resolve.triage import queries as triage

PURPOSE = "alike texts"  # of the keyed hashes
NEAR = timedelta(days=30)  # in which the same text of the same person is the same matter told twice
KEPT = timedelta(days=60)  # how long a fingerprint is kept
PAST = timedelta(days=180)
MOST = 50  # texts compared word for word
SHOWN = 5


@dataclass(frozen=True)
class Twin:
    """Another matter with much the same words; `same` if hardly a word differs."""

    case: "cases.Case"
    same: bool
    likeness: float


@dataclass(frozen=True)
class Reading:
    """Everything the card shows. `said` are (what, label, confidence or None); a doubtful one is left out."""

    language: Label | None
    said: list[tuple[str, Label, float | None]]
    personal: list[Label]
    twins: list[Twin]  # of the same person
    others: list[Twin]  # of other people
    unit: UnitView | None
    place: Suggested[UUID] | None


def whole(words: voices.Words) -> str:
    return f"{words.title}\n{words.text}\n{words.want}".strip()


def reading(case: "cases.Case", actor: Actor, at: datetime) -> Reading | None:
    """None where there are no words (any more)."""
    words = voices.words(case.pk)
    text = whole(words)
    if not text:
        return None
    shingles = alike.shingles(text)
    visible = cases.visible_to(actor, at).exclude(pk=case.pk)
    known = {view.id: view for view in units.all_units(localdate(at))}
    place = suggested(f"{text}\n{words.where}", [(id, name) for id, view in known.items() for name in _names(view)],
                      past(case, actor, at), _owner(case, known.values()))  # fmt: skip
    return Reading(
        LANGUAGES.get(language_of(text)),
        list(_said(text)),
        [personal.LABELS[kind] for kind in personal.LABELS if kind in {span.kind for span in personal.spans(text)}],
        _twins(shingles, _same_person(case, visible)) if case.customer else [],
        _twins(shingles, _alike(case, shingles, visible)),
        known.get(place.unit) if place else None,
        place if place and place.unit != case.unit_id else None,
    )


def past(case: "cases.Case", actor: Actor, at: datetime) -> dict[UUID, int]:
    """Closed cases of the last 180 days of the same category (and product), by the unit where they were dealt with."""
    if not case.category:
        return {}
    rows = cases.visible_to(actor, at).filter(category=case.category, closed_at__gt=at - PAST).exclude(pk=case.pk)
    if case.product:
        rows = rows.filter(product=case.product)
    return dict(rows.order_by().values_list("unit").annotate(n=Count("pk")).values_list("unit", "n"))


def marks(text: str) -> list[int]:
    """The bands of a text's fingerprint; none of a short one."""
    found = alike.shingles(text)
    return bands_of(found)


def bands_of(shingles: Collection[str]) -> list[int]:
    return alike.bands(vault.marks_of(PURPOSE, sorted(shingles))) if len(shingles) >= alike.FEWEST else []


def place() -> int:
    return Place.objects.filter(pk=1).values_list("seq", flat=True).first() or 0


def show_on_the_case_page() -> None:
    cases.panel(_card)


def _card(case: "cases.Case", actor: Actor, at: datetime) -> "cases.Panel | None":
    found = reading(case, actor, at)
    return cases.Panel("reading/card.html", {"found": found, "case": case}) if found else None


def _said(text: str) -> Iterable[tuple[str, Label, float | None]]:
    words = {"urgency": URGENCIES, "sentiment": SENTIMENTS, "demand": triage.DEMANDS}
    for facet, (code, confidence) in triage.outputs(text).items():
        if code in words[facet]:
            yield facet, words[facet][code], confidence


def _owner(case: "cases.Case", known: Iterable[UnitView]) -> UUID | None:
    """The unit that answers for the product, or for a broader one that it stands under."""
    code, seen = case.product, set[str]()
    while code and code not in seen and (product := products.product(code)):
        if product.owner_code:
            return next((view.id for view in known if view.code == product.owner_code), None)
        seen.add(code)
        code = product.parent_code
    return None


def _names(view: UnitView) -> tuple[str, ...]:
    return (view.name, view.name_en) if view.name_en else (view.name,)


def _same_person(case: "cases.Case", visible: QuerySet[Any]) -> list[Any]:
    """The other matters of this person within 30 days before or after."""
    near = [
        view.id
        for view in (voices.of_customer(case.customer) if case.customer else [])
        if view.id != case.pk and abs(view.received_at - case.received_at) <= NEAR
    ]
    return list(visible.filter(pk__in=near[:MOST]).order_by("-received_at", "id"))


def _alike(case: "cases.Case", shingles: Collection[str], visible: QuerySet[Any]) -> list[Any]:
    """Matters of other people whose fingerprint shares a band with this one's."""
    met = [Q(band=band, mark=mark) for band, mark in enumerate(bands_of(shingles))]
    if not met:
        return []
    rows = Band.objects.filter(reduce(or_, met)).order_by("-id").values_list("matter", flat=True)
    near = visible.filter(pk__in=set(rows[: len(met) * MOST]))
    if case.customer:
        near = near.exclude(customer=case.customer)
    return list(near.order_by("-received_at", "id")[:MOST])


def _twins(shingles: frozenset[str], near: list[Any]) -> list[Twin]:
    told = voices.words_many([case.pk for case in near])
    found = []
    for case in near:
        how = alike.likeness(shingles, alike.shingles(whole(told[case.pk])))
        if how >= alike.ALIKE:
            found.append(Twin(case, how >= alike.SAME, how))
    return sorted(found, key=lambda twin: -twin.likeness)[:SHOWN]
