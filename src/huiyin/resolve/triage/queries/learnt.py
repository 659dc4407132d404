"""Asking a learnt facet about texts, many at a time."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.refusal import Refusal
from huiyin.resolve.triage.plugs import encoders, shelf
from huiyin.resolve.triage.plugs.shelf import Card
from huiyin.resolve.triage.queries import lexicon
from huiyin.resolve.triage.queries.seed import FACETS as SEEDED
from huiyin.resolve.triage.rules import hits

if TYPE_CHECKING:
    from huiyin.resolve.triage.rules.features import Floats
    from huiyin.resolve.triage.rules.head import Answer, Head

WORDS_ONLY = "_words"  # the variant of a facet that needs no encoder


class NothingLearnt(Refusal):
    status = 404
    message = _("Nothing has been learnt for this facet yet: %(facet)s")


def root() -> Path:
    """Where learnt heads are kept."""
    return Path(settings.HUIYIN_HOME) / "triage"


def head_of(facet: str) -> "tuple[Head, Card]":
    """The head that answers for a facet now. Raises `NothingLearnt`, `BrokenModel`."""
    version = shelf.current(root(), facet)
    if not version:
        raise NothingLearnt(str(NothingLearnt.message) % {"facet": facet})
    head, card = shelf.load(root(), facet, version)
    return head, card


def hints(text: str) -> list[str]:
    """What the word lists of the product say of a text."""
    return hits(text, lexicon())


def hinting(facet: str) -> bool:
    """The product's own facets also learn from the word lists."""
    return facet.removesuffix(WORDS_ONLY) in SEEDED


def shares(head: "Head", facet: str, texts: Sequence[str]) -> "Floats":
    """A row of probabilities per text, in the order of `head.labels`."""
    from huiyin.resolve.triage.rules.training import probabilities

    vectors = encoders.encode(head.encoders, texts) if head.encoders else None
    return probabilities(head, texts, vectors, hints if hinting(facet) else None)


def answers(head: "Head", facet: str, texts: Sequence[str], coverage: float) -> "list[Answer]":
    """One answer per text; a text of which nothing is known gets no label and an empty set."""
    from huiyin.resolve.triage.rules.head import Answer

    found = shares(head, facet, texts)
    return [
        head.answer(row, coverage) if text.strip() else Answer("", 0.0, ())
        for text, row in zip(texts, found, strict=True)
    ]
