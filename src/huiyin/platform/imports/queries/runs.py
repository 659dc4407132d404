"""Past and present imports: their files, what a rehearsal found, their counts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.platform.imports.models import TAKEN, Run
from huiyin.platform.imports.queries.sheets import Damaged
from huiyin.platform.imports.rules import Fault


class Counted(Protocol):
    """A run that is over, or the report of one."""

    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int


def closing_line(told: Counted) -> str:
    """`5 read, 2 new, 0 unchanged, 3 rejected`, in the reader's language."""
    counts = [gettext("%(n)s read") % {"n": told.read}, gettext("%(n)s new") % {"n": told.new}]
    if told.changed:
        counts.append(gettext("%(n)s changed") % {"n": told.changed})
    counts.append(gettext("%(n)s unchanged") % {"n": told.unchanged})
    counts.append(gettext("%(n)s rejected") % {"n": told.rejected})
    return gettext(", ").join(counts)


def _file(run: UUID, ending: str) -> Path:
    return Path(settings.HUIYIN_HOME) / "imports" / f"{run}.{ending}"


def report_path(run: UUID) -> Path:
    return _file(run, "csv")


def upload_path(run: UUID) -> Path:
    return _file(run, "upload")


def rows_path(run: UUID) -> Path:
    """Header and rows of an upload as they were read, until it is done with."""
    return _file(run, "rows")


def keys_path(run: UUID) -> Path:
    """Hashes of the keys that a rehearsal has tried."""
    return _file(run, "keys")


def look_path(run: UUID) -> Path:
    return _file(run, "look")


@dataclass(frozen=True)
class Look:
    """What a rehearsal found: the first mistakes, the first rows as values, or why the file cannot be read."""

    faults: Sequence[tuple[int, Fault]] = ()
    first: Sequence[dict[str, Any]] = ()
    refusal: str = ""


def look_of(run: UUID) -> Look:
    try:
        told = json.loads(look_path(run).read_text("utf-8"))
    except (OSError, ValueError):
        return Look()
    faults = [(line, Fault(column, code, params)) for line, column, code, params in told["faults"]]
    return Look(faults, told["first"], told["refusal"])


WHY = {
    "gone": _("The upload is no longer there. Upload the file again."),
    "rights": _("Whoever uploaded it may no longer import."),
    "broken": _("It was begun five times and came nowhere. Tell the administrator: the log says why."),
}


def why(run: Run) -> str:
    """Why a run has failed, in words."""
    return str(WHY.get(run.why) or look_of(run.pk).refusal or Damaged.message)


@dataclass(frozen=True)
class Tally:
    """Rows of the files that were taken in."""

    read: int
    new: int
    changed: int


def tally(mapping: str, since: datetime) -> Tally:
    """Everything imported by one mapping since an instant; a run that ended early has taken what it has read."""
    rows = Run.objects.filter(mapping=mapping, at__gte=since, state__in=TAKEN).order_by()
    told = rows.aggregate(read=Sum("read"), new=Sum("new"), changed=Sum("changed"))
    return Tally(*(told[name] or 0 for name in ("read", "new", "changed")))


def runs_visible_to(actor: Actor) -> QuerySet[Run]:
    found = Run.objects.order_by("-at", "-id")
    return found if can(actor, "import.run") else found.none()
