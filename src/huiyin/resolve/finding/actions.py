"""Keeping up with the ledger: whatever happened to a matter, its texts are put into the index anew.

Nothing is written while a complaint is taken: the ledger is the queue, and its cursor moves in the transaction that
writes the index. Killed at any point, the next tick does the same batch again.
"""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from huiyin.bank.products import queries as products
from huiyin.bank.standards.queries import label
from huiyin.bank.units import queries as units
from huiyin.ledger import queries as ledger
from huiyin.listen.voices import queries as voices
from huiyin.platform.messages import queries as messages
from huiyin.platform.search import actions as search
from huiyin.platform.search import queries as index
from huiyin.platform.search.actions import Text
from huiyin.platform.tables import actions as tables
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.finding.queries import told_about
from huiyin.resolve.finding.rules import about_row, labels_of

LEAVES = 250  # of one transaction: half a second of deciphering, while which nobody else may write on SQLite
MATTERS = 200
SECONDS = 5  # at one go, so that the other steps of a tick are not kept waiting after a large import
_SILENT = ("clock.", "alert.", "message.")  # facts that change no text, no unit and nobody's part in the matter
_STREAM = "matter:"


def keep_up(*, seconds: float = SECONDS) -> int:
    """Index what the ledger holds behind the cursor, for so long; returns how many matters were looked at."""
    done, end = 0, time.monotonic() + seconds
    while True:
        place = index.progress("ledger").place
        leaves = list(ledger.leaves_after(place, LEAVES))
        if not leaves:
            break
        changed = {
            leaf.stream.removeprefix(_STREAM)
            for leaf in leaves
            if leaf.stream.startswith(_STREAM) and (not leaf.type.startswith(_SILENT) or leaf.type == "message.sent")
        }
        matters = [UUID(id) for id in sorted(changed)]
        with tables.in_turn():
            for start in range(0, len(matters), MATTERS):
                put(matters=matters[start : start + MATTERS])
            search.move(name="ledger", place=leaves[-1].seq)
        done += len(matters)
        if len(leaves) < LEAVES or time.monotonic() >= end:
            break
    return done


def rebuild(*, afresh: bool = False, progress: Callable[[int], None] | None = None) -> int:
    """Put every matter into the index again, from where an interrupted rebuild stopped; returns how many were put.

    `afresh` throws the index away first. The search stays usable meanwhile: what is put again stays what it was.
    """
    state = index.progress("rebuild")
    last, done = state.matter, state.place
    if afresh:
        with transaction.atomic():
            search.empty()
            search.move(name="rebuild", place=0)
        last, done = None, 0
    while matters := cases.after(last, MATTERS):
        last, done = matters[-1], done + len(matters)
        with tables.in_turn():
            put(matters=matters)
            search.move(name="rebuild", place=done, matter=last)
        if progress:
            progress(done)
    search.move(name="rebuild", place=0)
    return done


def put(*, matters: Sequence[UUID]) -> int:
    """Read these matters and put what they say into the index."""
    found = cases.cases(matters)
    ids = list(found)
    told_by = voices.voices(ids)
    words, added = voices.words_many(ids), voices.additions_many(ids)
    drafts, about = cases.drafts_many(ids), told_about(ids, words)
    letters, notes = messages.threads(ids, without="acknowledgement"), cases.notes_many(ids)
    offered, places = cases.offered_to(ids), units.units(case.unit_id for case in found.values())
    wanted: dict[UUID, list[Text]] = {}
    for id, case in found.items():
        said, unit = words[id], places[case.unit_id]
        people = {person for person in (case.owner_id, case.handler_id, *offered.get(id, ())) if person}
        scopes = labels_of(
            number=case.number, unit=case.unit_id, people=people, old=_old_number(told_by[id].source_ref)
        )
        product = products.label(case.product) if case.product else None
        category = label("category", case.category) if case.category else None
        named = [text for one in (product, category) if one for text in (one.zh, one.en)]
        told = (said.title, said.text, said.want, said.where, unit.name, unit.name_en, *named)
        rest = tuple(scope for scope in scopes if not scope.startswith("number:"))
        wanted[id] = [
            Text("case", id, id, id, case.received_at, told, scopes),
            *(Text("message", one.id, id, id, one.at, (one.text,), rest) for one in added.get(id, ()) if one.text),
            *(Text("message", one.id, id, id, one.created_at, (one.title, one.body), rest) for one in letters.get(id, ())),
            *(Text("reply", reply, id, id, at, (text,), rest) for reply, at, text in drafts.get(id, ()) if text),
            *([Text("about", about_row(id), id, id, case.received_at, about[id], rest)] if about[id] else []),
            *(Text("note", note, id, id, at, (text,), rest) for note, at, text in notes.get(id, ()) if text),
        ]  # fmt: skip
    return search.put(matters=wanted)


def _old_number(source_ref: str | None) -> str:
    """The number in the system a record came from: what stands behind the name of the source."""
    return (source_ref or "").rpartition(":")[2]
