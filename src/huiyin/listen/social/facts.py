"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class PostHeard(Fact):
    """A public post was taken. `repost_of` is the first post with the same words."""

    type: ClassVar[str] = "post.heard"
    post: UUID
    source: str
    language: str
    posted_at: datetime
    unit: UUID
    reach: int | None = None
    owned: bool | None = None
    repost_of: UUID | None = None


class PostRemoved(Fact):
    """The post is no longer public."""

    type: ClassVar[str] = "post.removed"
    post: UUID
