"""Look into the mailboxes of polled channels: fetched, stored, then marked at the source, in this order."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import Q

from huiyin.kernel.actor import Actor, machine
from huiyin.listen.channels.actions.hearing import BUDGET_S, understand
from huiyin.listen.channels.actions.keeping import KeyReused, arrive
from huiyin.listen.channels.models import Channel
from huiyin.listen.channels.plugs import PLUGS, plug
from huiyin.listen.channels.queries import config
from huiyin.listen.channels.rules.contract import Unreachable
from huiyin.listen.channels.rules.placing import retry_after

log = logging.getLogger("huiyin.channels")
EVERY = timedelta(seconds=30)


def look(*, by: Actor, at: datetime) -> int:
    """Fetch what is new in every polled channel whose time has come; returns how many items came. For the tick."""
    kinds = [kind for kind in PLUGS if plug(kind).polled]
    due = Channel.objects.filter(Q(next_look_at=None) | Q(next_look_at__lte=at), enabled=True, kind__in=kinds)
    return sum(look_into(channel=channel, at=at) for channel in due.order_by("next_look_at", "code"))


def look_into(*, channel: Channel, at: datetime) -> int:
    """One channel. A crash anywhere fetches again from the cursor; what was stored is known by its key."""
    way, known, found = plug(channel.kind), config(channel), []
    cursor = dict(channel.cursor)
    try:
        for item in way.fetch(known, cursor):
            try:
                kept = arrive(channel=channel, key=item.key, raw=item.raw, by=machine(channel.kind), at=at)
                found.append((item.key, kept))
            except KeyReused:  # the source gave the same id to other bytes: both stand
                kept = arrive(
                    channel=channel, key=f"{item.key}/{len(item.raw)}", raw=item.raw, by=machine(channel.kind), at=at
                )
                found.append((item.key, kept))
            cursor = dict(item.cursor)
            Channel.objects.filter(id=channel.id).update(cursor=cursor)
        way.done(known, tuple(key for key, _kept in found))
    except Unreachable as no:
        failures = channel.failures + 1
        Channel.objects.filter(id=channel.id).update(
            looked_at=at, failures=failures, why=no.why[:32], next_look_at=at + retry_after(failures)
        )
        log.warning("channel %s could not be reached (%s)", channel.code, no.why)
    else:
        Channel.objects.filter(id=channel.id).update(
            looked_at=at, fetched_at=at, failures=0, why="", next_look_at=at + EVERY
        )
    started = monotonic()
    for _key, kept in found:
        if kept.state == "received" and monotonic() - started < BUDGET_S:
            understand(arrival=kept.id, at=at)
    return sum(kept.fresh for _key, kept in found)
