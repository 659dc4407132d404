"""Files that the other side keeps for us (a picture in WeChat, for three days): fetched by the tick, once, added to the matter."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.kernel.actor import Actor, customer, machine
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.listen.channels.models import Arrival, Awaited
from huiyin.listen.channels.plugs import plug
from huiyin.listen.channels.queries import AWAITED, config
from huiyin.listen.channels.rules.contract import Attached, Parsed, Unreachable, Unreadable
from huiyin.listen.channels.rules.placing import TRIES, retry_after
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

log = logging.getLogger("huiyin.channels")


def await_files(row: Arrival, matter: UUID, parsed: Parsed, at: datetime) -> None:
    """Part of the transaction that hears the words: whoever reads them will find the file."""
    for ref in parsed.later:
        one = Awaited.objects.create(id=new_id(), arrival=row, matter=matter, next_try_at=at)
        vault.keep(subject=matter, table=AWAITED, row=one.id, values={"ref": ref})


def fetch_files(*, by: Actor, at: datetime, limit: int = 50) -> int:
    """Fetch what is due; returns how many files came. For the tick.

    1. A row is claimed by moving its next try on. 2. The file is fetched outside any transaction. 3. The file is added and
    the row deleted in one transaction, so that it is there once. What cannot be had any more is said in the matter.
    """
    due = Awaited.objects.filter(next_try_at__lte=at).select_related("arrival__channel")
    return sum(_fetch(one, at) for one in list(due[:limit]))


def _fetch(one: Awaited, at: datetime) -> int:
    again = at + retry_after(one.attempts + 1)
    mine = Awaited.objects.filter(id=one.id, attempts=one.attempts)
    if not mine.update(attempts=one.attempts + 1, next_try_at=again):
        return 0
    channel = one.arrival.channel
    ref = sealed.reveal(AWAITED, one.id).get("ref", "")
    try:
        found = plug(channel.kind).collect(ref, config(channel)) if ref else None
    except Unreachable as no:
        if one.attempts + 1 < TRIES:
            log.warning("a file of arrival %s could not be fetched (%s)", one.arrival_id, no.why)
            return 0
        found = None
    except Unreadable:
        found = None
    return _add(one, found, at)


def _add(one: Awaited, found: Attached | None, at: datetime) -> int:
    with transaction.atomic():
        if not Awaited.objects.filter(id=one.id).delete()[0]:
            return 0
        if sealed.is_erased(one.matter):
            return 0
        why = ""
        if found is not None:
            try:
                with transaction.atomic():
                    voices.add_file(
                        voice=one.matter, name=found.name, content=found.content, by=customer(one.matter), at=at
                    )
            except Refusal as refusal:
                why = str(refusal.message)
            else:
                return 1
        _say_so(one.matter, why, at)
    return 0


def _say_so(matter: UUID, why: str, at: datetime) -> None:
    told = heard.voice(matter)
    if told is None:
        return
    zh = told.language.startswith("zh")
    text = "客户发来的一个文件未能取得" if zh else "A file that the customer sent could not be had"
    try:
        voices.add_words(
            voice=matter, text=f"{text}{'：' if zh else ': '}{why}" if why else text, by=machine("channels"), at=at
        )
    except Refusal:
        log.warning("matter %s takes no more words", matter)
