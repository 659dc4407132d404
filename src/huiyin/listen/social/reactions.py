"""What this room does when it hears of something below."""

from datetime import datetime
from uuid import UUID

from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.listen.channels import queries as channels
from huiyin.listen.social import actions
from huiyin.listen.social.queries import rows
from huiyin.platform.imports import queries as imports
from huiyin.platform.imports.actions import UNCHANGED

FILES = Label("posts", "公开帖文（文件导入）", "Public posts (from files)")
_WHY = {"unknown_source": "unknown_source", "in_future": "in_future", "no_text": "empty", "too_long": "too_long"}


@channels.keeps("post", rows=rows)
def take_a_post_that_a_system_tells_of(told: channels.Record, *, by: Actor, at: datetime) -> tuple[UUID, bool]:
    """Once for each platform and number, whatever delivery brought it; that it was taken down since is news."""
    said = told.fields
    unit, code = told.unit, said.get("unit", "")
    if code:
        found = units.by_code(code)
        if found is None:
            raise channels.Unreadable("unknown_unit")
        unit = found.pk
    post = actions.Told(
        source=said.get("source", ""), ref=said.get("ref", ""), text=told.text, author=said.get("author", ""),
        posted_at=actions.zoned(datetime.fromisoformat(said["posted_at"])), url=said.get("url", ""),
        reach=int(said["reach"]) if said.get("reach") else None, owned=bool(said.get("owned")), unit=unit,
        removed=bool(said.get("removed")),
    )  # fmt: skip
    try:
        id, outcome = actions.take_post(told=post, by=by, at=at)
    except actions.BadPost as bad:
        raise channels.Unreadable(_WHY.get(str(bad.reasons.get("why")), "problem")) from bad
    return id, outcome != UNCHANGED


@channels.counts
def posts_in_files(since: datetime) -> channels.OtherWay:
    """Rows of the files of a monitoring service; what a webhook told stands at its own channel."""
    told = imports.tally("posts", since)
    kept = told.new + told.changed
    return channels.OtherWay(FILES, channels.Day(None, told.read, 0, 0, kept, told.read - kept, 0, 0))
