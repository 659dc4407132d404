"""Who makes which kind of file. A room above this one says how its kind is made, as it does for cards of the case page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import Fact
from huiyin.kernel.refusal import Refusal
from huiyin.platform.vault import queries as vault
from huiyin.resolve.papers.models import Paper


class NotYours(Refusal):
    """There is none, or not any more for this person."""

    status = 404
    message = _("There is no such file.")


@dataclass(frozen=True)
class Made:
    """A finished file, and what goes on record with it. `fact` is told the hash of the file."""

    content: bytes
    name: str
    rows: int
    stream: str
    fact: Callable[[str], Fact]


Tell = Callable[[int, int], None]
"""Says how far one is: (done, of how many)."""
Maker = Callable[[Paper, Actor, datetime, Tell], Made]
MAKERS: dict[str, Maker] = {}


def makes(kind: str) -> Callable[[Maker], Maker]:
    """Decorator: this function makes the files of this kind. It reads as the actor may read now, and writes nothing."""

    def register(maker: Maker) -> Maker:
        MAKERS[kind] = maker
        return maker

    return register


SUBJECTS = "papers_paper"


def subject_of(paper: Paper) -> UUID:
    """Under whose key a file is sealed: a dossier under its case, so that an erased person leaves none."""
    return paper.case or paper.pk


def words_of(paper: Paper) -> dict[str, str]:
    """What the person wrote when they asked for it."""
    return vault.reveal(SUBJECTS, paper.pk)
