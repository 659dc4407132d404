"""Learning again from what people decided: learn, compare on the frozen set, replace only if not worse."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.resolve.triage.facts import TriageLearnt
from huiyin.resolve.triage.models import Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import decided, learnt, seed
from huiyin.resolve.triage.rules.replacing import Score, replaces
from huiyin.resolve.triage.tasks import learning

if TYPE_CHECKING:
    from huiyin.resolve.triage.rules.head import Head


def learn_again(facet: str, *, by: Actor, at: datetime) -> Version | None:
    """One attempt for the words-only head of a facet; None where the same examples were tried before.

    The first version of a house is of the whole seed corpus, the frozen fifth included. It cannot be judged by what it
    has seen: its stand-in is a head of the same corpus without that fifth.
    """
    name, found = facet + learnt.WORDS_ONLY, decided.examples(facet)
    if Version.objects.filter(facet=name, mark=found.mark).exists():
        return None
    many = decided.count()
    now, card = learning.ready(facet, words_only=True)
    if card.about["origin"] != "people":
        corpus = seed.seed()
        rest = [i for i, text in enumerate(corpus.texts) if text not in set(found.held_texts[: found.held_of_seed])]
        labels = corpus.labels[facet]
        texts = [corpus.texts[i] for i in rest]
        now = learning.fit(name, texts, [labels[i] for i in rest], encoders=()).head
    fitted = learning.fit(name, found.texts, found.labels, encoders=())
    old, new = _score(now, name, found), _score(fitted.head, name, found)
    about = learning.about(fitted, "people", found.mark, "")
    fresh = shelf.save(learnt.root(), name, fitted.head, about)  # named by its content: a second run writes the same
    total = max(1, len(found.held_texts))
    row = Version(
        facet=name, version=fresh.version, before=card.version, mark=found.mark, decided=many, texts=len(found.texts),
        held=len(found.held_texts), accuracy=round(1000 * (new.seed_right + new.people_right) / total),
        accuracy_before=round(1000 * (old.seed_right + old.people_right) / total), replaced=replaces(old, new),
        learnt_at=at,
    )  # fmt: skip
    fact = TriageLearnt(
        facet=name, version=row.version, before=row.before or None, mark=row.mark, texts=row.texts, held=row.held,
        accuracy=row.accuracy, accuracy_before=row.accuracy_before, replaced=row.replaced,
    )  # fmt: skip
    with transaction.atomic():
        row.save(force_insert=True)
        record(fact=fact, stream=f"triage:{name}", by=by, at=at)
        if row.replaced:
            shelf.appoint(learnt.root(), name, row.version)  # last: without it nothing is on record either
    return row


def _score(head: "Head", name: str, found: decided.Examples) -> Score:
    rows = learnt.shares(head, name, found.held_texts)
    right = [head.labels[int(row.argmax())] == label for row, label in zip(rows, found.held_labels, strict=True)]
    return Score(sum(right[: found.held_of_seed]), sum(right[found.held_of_seed :]))
