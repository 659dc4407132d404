"""A list as the rows of a file: what the page shows this reader, in the same order and with the same masking."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import label
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label, Named
from huiyin.kernel.permit import MATRIX, SCOPE
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases

CAP = 10_000
_AT_ONCE = 500

Cell = str | int | datetime | None


@dataclass(frozen=True)
class Sheet:
    """`columns`: (heading, width in characters). `rows` is read once, in pieces."""

    columns: list[tuple[str, int]]
    rows: Iterator[list[Cell]]


def sheet_of(found: Any, asked: cases.Wanted, actor: Actor, at: datetime, language: str) -> Sheet:
    """At most CAP rows of a queue. Customers stand masked, and not at all where the reader's role sees none."""
    return Sheet(_columns(), _rows(found, asked.start, actor, at, language))


def _columns() -> list[tuple[str, int]]:
    return [
        (_("No."), 6), (_("Case number"), 20), (_("Received"), 17), (_("Channel"), 12), (_("Unit"), 22),
        (_("Matter"), 36), (_("Customer"), 12), (_("Telephone"), 15), (_("Product"), 14), (_("Business category"), 14),
        (_("Cause"), 14), (_("Severity"), 10), (_("Complexity"), 12), (_("State"), 16), (_("First-contact owner"), 14),
        (_("Handler"), 14), (_("Regulator's limit"), 17), (_("House limit"), 17), (_("Standing"), 10),
        (_("Answered"), 17), (_("Closed"), 17), (_("Outcome"), 14), (_("Flags"), 24),
    ]  # fmt: skip


def _rows(found: Any, asked: cases.Wanted, actor: Actor, at: datetime, language: str) -> Iterator[list[Cell]]:
    open_paths = [scope.path for scope in actor.scopes if MATRIX["case.export"].get(scope.role) == SCOPE]
    hidden = set(staff.masked_subjects(actor.staff, at).values_list("subject", flat=True)) if actor.staff else set()
    number = 0
    while number < CAP:
        part = cases.slice_of(found, asked, min(_AT_ONCE, CAP - number))
        said = voices.words_many([case.pk for case in part.rows])
        for case in part.rows:
            number += 1
            own = actor.staff is not None and actor.staff in (case.owner_id, case.handler_id)
            bare = case.pk in hidden or not (own or any(case.unit_path.startswith(path) for path in open_paths))
            yield _row(number, case, said[case.pk], bare, at, language)
        if not part.after:
            return
        asked = replace(asked, after=part.after)


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
