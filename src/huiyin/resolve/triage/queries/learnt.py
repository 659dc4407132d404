"""Asking a learnt facet about texts, many at a time."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.refusal import Refusal
from huiyin.resolve.triage.models import Appointment
from huiyin.resolve.triage.plugs import encoders, shelf
from huiyin.resolve.triage.plugs.shelf import Card
from huiyin.resolve.triage.queries import lexicon
from huiyin.resolve.triage.queries.seed import FACETS as SEEDED
from huiyin.resolve.triage.rules import Suggestion, hits

if TYPE_CHECKING:
    from huiyin.resolve.triage.rules.features import Floats
    from huiyin.resolve.triage.rules.head import Answer, Head

log = logging.getLogger("huiyin.triage")
WORDS_ONLY = "_words"  # the variant of a facet that needs no encoder
OUTPUTS = ("urgency", "sentiment", "demand")  # read when somebody looks at a case, not at intake
LIKELY = 0.6  # below it the card of a case says nothing
REASONS = "triage_appointment"  # why a person went back, in the vault


class NothingLearnt(Refusal):
    status = 404
    message = _("Nothing has been learnt for this facet yet: %(facet)s")


def root() -> Path:
    """Where learnt heads are kept."""
    return Path(settings.HUIYIN_HOME) / "triage"


def check_name(facet: str) -> None:
    """Raises `BadName` unless the facet can be a folder's name."""
    shelf.folder(root(), facet)


def longest() -> int:
    """Characters that are read of one text."""
    from huiyin.resolve.triage.rules.features import LONGEST

    return LONGEST


def head_of(facet: str) -> "tuple[Head, Card]":
    """The head that answers for a facet now. Raises `NothingLearnt`, `BrokenModel`."""
    version = shelf.current(root(), facet)
    if not version:
        raise NothingLearnt(str(NothingLearnt.message) % {"facet": facet})
    head, card = shelf.load(root(), facet, version)
    return head, card


def in_use(name: str) -> str:
    """The version that answers: what the file says, unless a newer appointment has not reached it yet."""
    row = Appointment.objects.filter(facet=name).order_by("-number").first()
    return row.version if row and not row.done else shelf.current(root(), name)


def is_there(name: str) -> bool:
    """Whether a head answers for this name: its version is told and its file lies there."""
    try:
        version = shelf.current(root(), name)
    except shelf.BrokenModel:
        return False
    return bool(version) and (shelf.folder(root(), name) / f"{version}.npz").exists()


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


def reads() -> bool:
    """Is anything on the shelf that `second` would ask?"""
    return any((root() / f"{facet}{WORDS_ONLY}").exists() for facet in ("category", "cause"))


def second(guess: Suggestion, text: str, product: str) -> Suggestion:
    """A guess the word lists are not sure of, with category and cause of the words-only heads, where these are surer.

    Quick enough for intake: no encoder, no scikit-learn, and nothing is learnt here; a house that has learnt nothing
    keeps the guess. A product that the customer named stands above what is read from the text.
    """
    said = {facet: _read(facet, text) for facet in ("category", "cause")}
    if not all(said.values()):
        return guess
    (category, sure), (cause, also) = (found for found in said.values() if found)
    if product:
        category, sure = product, 1.0
    confidence = round(1000 * min(sure, also))
    if confidence <= guess.confidence:
        return guess
    spoken = tuple(r for r in guess.reasons if r[0] not in ("category", "cause"))
    return replace(guess, category=category, cause=cause, confidence=confidence, reasons=spoken)


def outputs(text: str) -> dict[str, tuple[str, float]]:
    """Urgency, sentiment and demand of a text by the words-only heads, each with its confidence, as far as they are on
    the shelf and hold exactly one label likely enough."""
    found = {}
    for facet in OUTPUTS:
        told = _read(facet, text, likely=LIKELY)
        if told:
            found[facet] = told
    return found


def _read(facet: str, text: str, likely: float = 0.0) -> tuple[str, float] | None:
    name = facet + WORDS_ONLY
    try:
        if not shelf.current(root(), name):
            return None
        head, _card = head_of(name)
    except shelf.BrokenModel:
        log.warning("the model of %s cannot be read; the word lists decide", name)
        return None
    row = head.probabilities(head.one(text, hints=hints(text)))
    best = int(row.argmax())
    return (head.labels[best], float(row[best])) if row[best] >= likely else None
