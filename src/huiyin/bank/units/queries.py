"""The tree as it stood on a day."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.bank.units.models import Exposure, Placement, Unit
from huiyin.bank.units.rules import KIND, KINDS, is_code
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label, Named
from huiyin.kernel.permit import paths as permitted_paths
from huiyin.platform.tables.queries import kept

__all__ = ["KIND", "KINDS", "is_code"]

TREE = ("units_unit", "units_placement")
"""The tables of the tree, for answers that are kept while it stays as it is."""


@dataclass(frozen=True)
class UnitView(Named):
    """A unit on one day. `path` ends with a slash and is a prefix of everything below."""

    id: UUID
    code: str
    name: str
    name_en: str
    kind: str
    path: str
    parent: UUID | None
    region: str

    @property
    def depth(self) -> int:
        return self.path.count("/") - 1

    @property
    def kind_label(self) -> Label:
        return KIND[self.kind]

    @property
    def unit_path(self) -> str:
        return self.path


def unit(id: UUID) -> Unit | None:
    return Unit.objects.filter(pk=id).first()


def units(ids: Iterable[UUID]) -> dict[UUID, Unit]:
    return Unit.objects.in_bulk([id for id in set(ids) if id])


@kept("units_unit")
def by_code(code: str) -> Unit | None:
    return Unit.objects.filter(code=code).first()


def by_codes(codes: Iterable[str]) -> dict[str, Unit]:
    return {unit.code: unit for unit in Unit.objects.filter(code__in=set(codes))}


def all_units(on: date) -> list[UnitView]:
    """Every unit open on that day, in tree order."""
    return list(_tree(on))


@kept(*TREE)
def _tree(on: date) -> tuple[UnitView, ...]:
    return tuple(_view(place) for place in placements(on).select_related("unit"))


def placements(on: date) -> QuerySet[Placement]:
    """The placements that hold on a day, in tree order."""
    holds = Q(until_date=None) | Q(until_date__gt=on)
    return Placement.objects.filter(holds, from_date__lte=on).order_by("path", "id")


def view(id: UUID, on: date) -> UnitView | None:
    """One unit on a day; None if it was not open then."""
    place = placements(on).filter(unit=id).select_related("unit").first()
    return _view(place) if place else None


def history(id: UUID) -> list[Placement]:
    """Where a unit stood, oldest first."""
    return list(Placement.objects.filter(unit=id).select_related("parent").order_by("from_date", "id"))


def paths(on: date) -> Mapping[UUID, str]:
    """Where each unit's matters belong on a day.

    An open unit: its own path. A unit closed by then: the path of the unit it was merged into, else of its last parent,
    so that an open case of a closed outlet is still somebody's.
    """
    before = bisect_right(days := _days_of_change(), on)
    return _paths(days[before - 1] if before else on)


@kept(*TREE)
def _days_of_change() -> Sequence[date]:
    """The days on which the tree became another one."""
    ends = Placement.objects.order_by().values_list("from_date", "until_date").distinct()
    return sorted({day for pair in ends for day in pair if day})


@kept(*TREE)
def _paths(on: date) -> Mapping[UUID, str]:
    found = dict(placements(on).values_list("unit_id", "path"))
    gone = (
        Placement.objects.filter(until_date__lte=on)
        .order_by("until_date", "id")
        .values_list("unit_id", "parent_id", "unit__merged_into_id")
    )
    heirs = {unit: merged or parent for unit, parent, merged in gone if unit not in found}
    for unit in heirs:
        heir: UUID | None = heirs[unit]
        seen: set[UUID] = {unit}
        while heir is not None and heir not in found and heir not in seen:
            seen.add(heir)
            heir = heirs.get(heir)
        if heir in found:
            found[unit] = found[heir]
    return found


def path_of(unit: UUID, on: date) -> str:
    return paths(on).get(unit, "")


def under(path: str, on: date) -> list[UUID]:
    """The units whose matters belong at or below a path on that day (closed ones go with their heirs)."""
    return [unit for unit, where in paths(on).items() if where.startswith(path)]


def above(unit: UUID, on: date) -> list[UnitView]:
    """The chain from the unit's parent up to the head office."""
    path = path_of(unit, on)
    prefixes = [path[: i + 1] for i, letter in enumerate(path) if letter == "/"]
    chain = [_view(p) for p in placements(on).filter(path__in=prefixes).select_related("unit") if p.unit_id != unit]
    return sorted(chain, key=lambda view: -len(view.path))


@kept("units_unit")
def head_office() -> Unit | None:
    return Unit.objects.filter(kind="head").order_by("code").first()


@dataclass(frozen=True)
class Place:
    """Where something belongs and who keeps away from it, for `permit.can`."""

    unit_path: str
    recused: frozenset[UUID] = frozenset()


def whole_bank() -> Place:
    """What is one for the whole bank (its products, the limits of its indicators) takes a role over the whole bank."""
    head = head_office()
    return Place(f"{head.code}/" if head else "")


def exposure(
    *,
    unit: UUID | None = None,
    from_month: date | None = None,
    until_month: date | None = None,
    product: str | None = None,
) -> QuerySet[Exposure]:
    """Denominators, by unit, months (both ends included) and product code."""
    found = Exposure.objects.order_by("unit", "month", "product")
    if unit is not None:
        found = found.filter(unit=unit)
    if from_month is not None:
        found = found.filter(month__gte=from_month)
    if until_month is not None:
        found = found.filter(month__lte=until_month)
    if product is not None:
        found = found.filter(product=product)
    return found


def visible_to(actor: Actor, on: date) -> list[UnitView]:
    """The units of a day this actor may look at."""
    allowed = permitted_paths(actor, "bank.read")
    return [view for view in all_units(on) if view.path.startswith(allowed)] if allowed else []


def _view(place: Placement) -> UnitView:
    unit = place.unit
    return UnitView(unit.pk, unit.code, unit.name, unit.name_en, unit.kind, place.path, place.parent_id, unit.region)
