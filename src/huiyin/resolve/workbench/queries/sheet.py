"""A list as the rows of a file: what the page shows this reader, in the same order and with the same masking."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import label
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label, Named
from huiyin.kernel.permit import MATRIX, OWN, SCOPE
from huiyin.ledger import queries as ledger
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases

CAP = 100_000
DIRECT = 2_000  # so many rows are handed over while one waits; a longer list is made by a job
_AT_ONCE = 500

Cell = str | int | datetime | None


@dataclass(frozen=True)
class Sheet:
    """`columns`: (heading, width in characters). `rows` is read once, in pieces. `foot`: what stands under the table,
    so that a copy that turns up says whose it is and what it was cut from."""

    columns: list[tuple[str, int]]
    rows: Iterator[list[Cell]]
    foot: list[str]


def sheet_of(
    found: Any, asked: cases.Wanted, actor: Actor, at: datetime, language: str, only: Sequence[str] = ()
) -> Sheet:  # fmt: skip
    """At most CAP rows of a queue. Customers stand masked, and not at all where the reader's role sees none. `only`:
    the columns of the list on the screen, instead of all that there are."""
    kept = [index for index, (code, _n, _w) in enumerate(_COLUMNS) if not only or code in {*_ALWAYS, *only}]
    columns = [(str(_COLUMNS[index][1]), _COLUMNS[index][2]) for index in kept]
    rows = _rows(found, asked.start, actor, at, language)
    return Sheet(columns, ([row[index] for index in kept] for row in rows), foot(asked, actor, at, language))


def foot(asked: cases.Wanted, actor: Actor, at: datetime, language: str) -> list[str]:
    """Which filter, whose masking, and how far the ledger had come."""
    size, root = ledger.checkpoint_words()
    said = [_("Filter: %(words)s") % {"words": filter_words(asked, language)}, _masking(actor)]
    if size:
        said.append(_("Ledger checkpoint: %(size)s entries, root %(root)s") % {"size": f"{size:,}", "root": root})
    else:
        said.append(_("Ledger checkpoint: none yet"))
    return said


def filter_words(asked: cases.Wanted, language: str) -> str:
    """The list in words. What was searched for is not repeated: it may name a person."""
    said = []
    for name, words in _FILTERS.items():
        value = getattr(asked, name)
        if not value:
            continue
        known = words(value)
        said.append(known.word(language) if isinstance(known, Label | Named) else str(known))
    if asked.q:
        said.append(_("a search"))
    return " · ".join(said)


def _unit(code: str) -> Any:
    return units.by_code(code) or code


def _person(number: str) -> Any:
    return staff.by_number(number) or number


_FILTERS: dict[str, Callable[[str], Any]] = {
    "view": cases.VIEWS.__getitem__, "state": cases.STATES.__getitem__, "time": cases.TIMES.__getitem__,
    "within": cases.WITHIN.__getitem__, "who": cases.WHO.__getitem__, "flag": cases.FLAGS.__getitem__,
    "severity": cases.SEVERITIES.__getitem__, "channel": partial(label, "channel"),
    "category": partial(label, "category"), "product": products.label, "unit": _unit, "owner": _person,
    "handler": _person, "since": lambda day: f"≥ {day}", "until": lambda day: f"≤ {day}",
}  # fmt: skip


def _masking(actor: Actor) -> str:
    if any(MATRIX["case.export"].get(scope.role) in (SCOPE, OWN) for scope in actor.scopes):
        return _("Customers: names and telephones masked, numbers inside texts shortened")
    return _("Customers: not shown to this role")


_ALWAYS = ("n", "number", "matter")
_COLUMNS: tuple[tuple[str, Any, int], ...] = (
    ("n", gettext_lazy("No."), 6), ("number", gettext_lazy("Case number"), 20), ("received", gettext_lazy("Received"), 17),
    ("channel", gettext_lazy("Channel"), 12), ("unit", gettext_lazy("Unit"), 22), ("matter", gettext_lazy("Matter"), 36),
    ("customer", gettext_lazy("Customer"), 12), ("phone", gettext_lazy("Telephone"), 15), ("product", gettext_lazy("Product"), 14),
    ("category", gettext_lazy("Business category"), 14), ("cause", gettext_lazy("Cause"), 14), ("severity", gettext_lazy("Severity"), 10),
    ("complexity", gettext_lazy("Complexity"), 12), ("state", gettext_lazy("State"), 16),
    ("owner", gettext_lazy("First-contact owner"), 14), ("who", gettext_lazy("Handler"), 14),
    ("legal", gettext_lazy("Regulator's limit"), 17), ("house", gettext_lazy("House limit"), 17),
    ("standing", gettext_lazy("Standing"), 10), ("answered", gettext_lazy("Answered"), 17), ("closed", gettext_lazy("Closed"), 17),
    ("outcome", gettext_lazy("Outcome"), 14), ("flags", gettext_lazy("Flags"), 24),
)  # fmt: skip


def _rows(found: Any, asked: cases.Wanted, actor: Actor, at: datetime, language: str) -> Iterator[list[Cell]]:
    bare = hidden_from(actor, at)
    number = 0
    while number < CAP:
        part = cases.slice_of(found, asked, min(_AT_ONCE, CAP - number))
        said = voices.words_many([case.pk for case in part.rows])
        for case in part.rows:
            number += 1
            yield _row(number, case, said[case.pk], bare(case), at, language)
        if not part.after:
            return
        asked = replace(asked, after=part.after)


def hidden_from(actor: Actor, at: datetime, action: str = "case.export") -> Callable[[Any], bool]:
    """Of which cases this reader sees no customer, not even masked."""
    open_paths = [scope.path for scope in actor.scopes if MATRIX[action].get(scope.role) == SCOPE]
    hidden = set(staff.masked_subjects(actor.staff, at).values_list("subject", flat=True)) if actor.staff else set()

    def bare(case: Any) -> bool:
        own = actor.staff is not None and actor.staff in (case.owner_id, case.handler_id)
        return case.pk in hidden or not (own or any(case.unit_path.startswith(path) for path in open_paths))

    return bare


def _row(number: int, case: Any, said: Any, bare: bool, at: datetime, language: str) -> list[Cell]:
    def word(value: Label | Named | None) -> str:
        return value.word(language) if value is not None else ""

    masked = {} if bare else vault.masked({k: v for k, v in (("name", said.name), ("phone", said.phone)) if v})
    standing = word(cases.urgency(case, at)[0]) if case.closed_at is None else ""
    return [
        number, case.number, case.received_at, word(label("channel", case.channel)), word(case.unit),
        cases.hide_numbers((said.title or said.text.split("\n")[0])[:60]), masked.get("name", ""),
        masked.get("phone", ""), word(products.label(case.product)) if case.product else "",
        word(label("category", case.category)) if case.category else "",
        word(label("cause", case.cause)) if case.cause else "", word(cases.SEVERITIES[case.severity]),
        word(cases.COMPLEXITIES[case.complexity]), word(cases.STATES[case.state]), word(case.owner),
        word(case.handler), case.legal_due_at, case.house_due_at, standing, case.answered_at, case.closed_at,
        word(cases.OUTCOMES[case.outcome]) if case.outcome else "",
        "、".join(word(cases.FLAGS[code]) for code in case.flag_codes if code in cases.FLAGS),
    ]  # fmt: skip
