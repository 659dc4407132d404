"""Take public posts: from a file, or one by one as a platform or a monitoring service tells of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many
from huiyin.listen.social.facts import PostHeard, PostRemoved
from huiyin.listen.social.models import Post
from huiyin.listen.social.queries import TABLE
from huiyin.listen.social.rules import REPOSTED_WITHIN, SOURCES, Bad, core, language, wrong
from huiyin.platform.imports import queries as sheets
from huiyin.platform.imports.actions import CHANGED, NEW, UNCHANGED, Outcome, lists, takes
from huiyin.platform.imports.queries import Fault
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

lists("social_source")(lambda: SOURCES)


class BadPost(Refusal):
    """`params` name the field and why."""

    status = 400
    message = _("The post cannot be taken: a field is missing or not valid.")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One post as somebody tells of it. `ref` is the platform's own id of it; `unit` defaults to the head office."""

    source: str
    ref: str
    text: str
    posted_at: datetime
    author: str = ""
    url: str = ""
    reach: int | None = None
    owned: bool = False
    unit: UUID | None = None
    removed: bool = False


def take_post(*, told: Told, by: Actor, at: datetime) -> tuple[UUID, str]:
    """Take one post, once: its id, and `new`, `changed` (it was taken down since) or `unchanged`.

    A sender may retry as often as it likes. Raises BadPost. What is decided about the post follows in the same transaction.
    """
    bad = _bad(told, at)
    if bad:
        raise BadPost(field=bad.field, why=bad.why)
    try:
        with transaction.atomic():
            return _take([told], by, at)[0]
    except IntegrityError:  # the same post arrived twice at the same moment: the other one is kept
        with transaction.atomic():
            return _take([told], by, at)[0]


@takes("posts")
def take_posts(rows: Sequence, *, by: Actor, at: datetime) -> list[Outcome]:
    """Rows of a file. A post that is here already stays; that it was taken down is noted."""
    found: list[Outcome | None] = []
    names = _columns()
    sound: list[Told] = []
    known = units.by_codes({row.values["unit"] for row in rows if row.values.get("unit")})
    for row in rows:
        value = row.values
        code = value.get("unit")
        if code and code not in known:
            found.append(Fault(names["unit"], "unknown_unit", {"code": code}))
            continue
        told = Told(
            source=value["source"], ref=value["ref"], text=value.get("text") or "", posted_at=zoned(value["posted_at"]),
            author=value.get("author") or "", url=value.get("url") or "", reach=value.get("reach"),
            owned=bool(value.get("owned")), unit=known[code].pk if code else None, removed=bool(value.get("removed")),
        )  # fmt: skip
        bad = _bad(told, at)
        if bad:
            found.append(Fault(names[bad.field], _FAULTS.get(bad.why, "refused"), {"why": str(BadPost.message)}))
            continue
        found.append(None)
        sound.append(told)
    with transaction.atomic():
        taken = iter(_take(sound, by, at))
    return [next(taken)[1] if one is None else one for one in found]


def zoned(moment: datetime) -> datetime:
    """A time without a zone is the bank's own."""
    return moment if moment.tzinfo else moment.replace(tzinfo=get_default_timezone())


def _columns() -> dict[str, str]:
    """The headers in the reader's language, by field."""
    chinese = (get_language() or "zh-hans").startswith("zh")
    (shape,) = sheets.mapping("posts").shapes
    return {
        column.to: next((text for text in column.headers if text.isascii() != chinese), column.headers[0])
        for column in shape.columns
    }


_FAULTS = {"in_future": "in_future", "no_text": "missing", "no_ref": "missing", "negative": "negative"}


def remove_post(*, post: UUID, by: Actor, at: datetime) -> None:
    """Note that a post is no longer public. It stays counted: people have read it."""
    with transaction.atomic():
        if Post.objects.filter(pk=post, removed_at=None).update(removed_at=at):
            record(fact=PostRemoved(post=post), stream=f"post:{post}", by=by, at=at)


def _bad(told: Told, at: datetime) -> Bad | None:
    return wrong(
        source=told.source, ref=told.ref, text=told.text, author=told.author, url=told.url, posted_at=told.posted_at,
        reach=told.reach, at=at,
    )  # fmt: skip


def _take(items: Sequence[Told], by: Actor, at: datetime) -> list[tuple[UUID, str]]:
    marks = [_mark(f"ref:{told.source}:{told.ref.strip()}") for told in items]
    cores = [_mark(f"words:{same}") if (same := core(told.text)) else "" for told in items]
    there = {(p.source, p.ref_mark): p for p in Post.objects.filter(ref_mark__in=marks)}
    firsts = _firsts({mark for mark in cores if mark})
    today, head = localdate(at), units.head_office()
    paths = units.paths(today)
    outcomes, rows, kept, happened, gone = [], [], [], [], []
    for told, mark, same in zip(items, marks, cores, strict=True):
        before = there.get((told.source, mark))
        if before is not None:
            fresh = told.removed and before.removed_at is None
            if fresh:
                before.removed_at = at
                gone.append(before.pk)
            outcomes.append((before.pk, CHANGED if fresh else UNCHANGED))
            continue
        place = told.unit or (head.pk if head else None)
        if place is None:
            raise BadPost(field="unit", why="no_bank")
        first = _first(firsts.get(same, []), told.posted_at) if same else None
        row = Post(
            id=new_id(), source=told.source, ref_mark=mark, core_mark=same, repost_of=first, unit_id=place,
            unit_path=paths.get(place, ""), language=language(told.text), reach=told.reach, owned=told.owned,
            posted_at=told.posted_at, heard_at=at, removed_at=at if told.removed else None,
        )  # fmt: skip
        there[told.source, mark] = row
        if same and first is None:
            firsts.setdefault(same, []).append(row)
        rows.append(row)
        words = {"text": told.text.strip(), "author": told.author.strip(), "url": told.url.strip()}
        kept.append((row.pk, TABLE, row.pk, {name: value for name, value in words.items() if value}))
        happened.append(Happening(_fact(row), f"post:{row.pk}", by, at))
        if told.removed:
            happened.append(Happening(PostRemoved(post=row.pk), f"post:{row.pk}", by, at))
        outcomes.append((row.pk, NEW))
    Post.objects.bulk_create(rows, batch_size=400)
    vault.keep_many(kept)
    for id in gone:
        remove_post(post=id, by=by, at=at)
    if happened:
        record_many(happenings=happened, recorded_at=at)
    return outcomes


def _mark(text: str) -> str:
    """Equal for equal texts, to the letter; nobody without the vault's key can tell which text it was."""
    return sealed.blind("id", hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


def _firsts(marks: set[str]) -> dict[str, list[Post]]:
    found: dict[str, list[Post]] = {}
    for row in Post.objects.filter(core_mark__in=marks, repost_of=None):
        found.setdefault(row.core_mark, []).append(row)
    return found


def _first(candidates: Sequence[Post], posted: datetime) -> Post | None:
    """The earliest known post with these words, if it is near in time."""
    near = [row for row in candidates if abs(posted - row.posted_at) <= REPOSTED_WITHIN]
    return min(near, key=lambda row: (row.posted_at, row.pk)) if near else None


def _fact(row: Post) -> PostHeard:
    return PostHeard(
        post=row.pk, source=row.source, language=row.language, posted_at=row.posted_at, unit=row.unit_id,
        reach=row.reach, owned=row.owned or None, repost_of=row.repost_of_id,
    )  # fmt: skip
