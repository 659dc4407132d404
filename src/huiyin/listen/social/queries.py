"""Reads of public posts. Public words; whose they are is masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.listen.social.models import Post
from huiyin.listen.social.rules import SOURCE, SOURCES
from huiyin.platform.vault import queries as vault

__all__ = ["SOURCE", "SOURCES", "Words", "post", "rows", "visible_to", "words", "words_many"]

TABLE = "social_post"


@dataclass(frozen=True)
class Words:
    """`author` in full: mask it wherever it is shown."""

    text: str = ""
    author: str = ""
    url: str = ""

    @property
    def masked(self) -> str:
        return vault.mask_name(self.author) if self.author else ""

    @property
    def link(self) -> str:
        """The address if a browser may follow it."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


def rows() -> QuerySet[Post]:
    """For the reconciliation of the channels: which posts there are."""
    return Post.objects.order_by()


def visible_to(actor: Actor) -> QuerySet[Post]:
    if actor.kind == "machine" and not actor.scopes:
        return Post.objects.all()
    reach = Q(pk__in=())
    for path in permit.paths(actor, "post.read"):
        reach |= Q(unit_path__startswith=path)
    return Post.objects.filter(reach)


def post(id: UUID) -> Post | None:
    return Post.objects.filter(pk=id).first()


def words(id: UUID) -> Words:
    return words_many([id]).get(id, Words())


def words_many(ids: Iterable[UUID]) -> dict[UUID, Words]:
    return {id: Words(**values) for id, values in vault.reveal_many(TABLE, ids).items()}
