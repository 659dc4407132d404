"""Learning again from what people decided: learn, compare on the frozen set, replace only if not worse."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.resolve.triage.facts import TriageLearnt
from huiyin.resolve.triage.models import Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import decided, learnt, seed
from huiyin.resolve.triage.rules.replacing import Score, replaces
from huiyin.resolve.triage.tasks import appointing, learning

if TYPE_CHECKING:
    from huiyin.resolve.triage.rules.head import Head

Say = Callable[[str, float], None]  # stage, share of this facet done


def learn_again(
    facet: str,
    *,
    by: Actor,
    at: datetime,
    say: Say = lambda stage, share: None,
    last: Callable[[], None] = lambda: None,
) -> Version | None:
    """One attempt for the words-only head of a facet; None where the same examples were tried before, or where another
    version came into use meanwhile. `last` is asked once more before anything is written down.

    The first version of a house is of the whole seed corpus, the frozen fifth included. It cannot be judged by what it
    has seen: its stand-in is a head of the same corpus without that fifth.
    """
    from huiyin.resolve.triage.rules.shared import dropped, shared  # with numpy, which no page needs

    name = facet + learnt.WORDS_ONLY
    appointing.settle(name)
    found = decided.examples(facet, progress=lambda share: say("read", 0.1 * share))
    if Version.objects.filter(facet=name, mark=found.mark).exists():
        return None
    many = decided.count()
    now, card = learning.ready(facet, words_only=True)
    corpus = seed.seed()
    if card.about["origin"] != "people":
        frozen = set(found.held_texts[: found.held_of_seed])
        rest = [i for i, text in enumerate(corpus.texts) if text not in frozen]
        texts, labels = [corpus.texts[i] for i in rest], [corpus.labels[facet][i] for i in rest]
        now = learning.fit(
            name, texts, labels, encoders=(), progress=lambda what, share: say("compare", 0.1 + 0.3 * share)
        ).head
    fitted = learning.fit(
        name, found.texts, found.labels, encoders=(), progress=lambda what, share: say("learn", 0.4 + 0.4 * share)
    )
    hints = learnt.hints if learnt.hinting(name) else None
    head = shared(fitted.head, corpus.texts, found.people, hints)
    say("compare", 0.85)
    old, new = _score(now, name, found), _score(head, name, found)
    say("compare", 0.95)
    about = learning.about(fitted, "people", found.mark, at.isoformat(timespec="seconds"))
    fresh = shelf.save(learnt.root(), name, head, about)  # a file nobody reads until it is appointed
    last()
    row = Version(
        facet=name, version=fresh.version, before=card.version, mark=found.mark, decided=many, texts=len(found.texts),
        held=len(found.held_texts), right=new.right, right_before=old.right,
        people_held=len(found.held_texts) - found.held_of_seed, people_right=new.people_right,
        people_right_before=old.people_right, dropped=dropped(fitted.head, head), replaced=replaces(old, new),
        learnt_at=at,
    )  # fmt: skip
    fact = TriageLearnt(
        facet=name, version=row.version, before=row.before or None, mark=row.mark, texts=row.texts, held=row.held,
        right=row.right, right_before=row.right_before, replaced=row.replaced,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(fact=fact, stream=f"triage:{name}", by=by, at=at)
            if row.replaced:
                appointing.appoint(name, row.version, card.version, by=by, at=at)
    except (appointing.Overtaken, IntegrityError):  # a person went back, or another worker learnt the same
        return None
    return row


def _score(head: "Head", name: str, found: decided.Examples) -> Score:
    rows = learnt.shares(head, name, found.held_texts)
    right = [head.labels[int(row.argmax())] == label for row, label in zip(rows, found.held_labels, strict=True)]
    return Score(sum(right[: found.held_of_seed]), sum(right[found.held_of_seed :]))
