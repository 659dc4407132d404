"""What people decided, with the words it was decided about, as examples to learn from and to judge by."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from huiyin.kernel.personal import masked
from huiyin.listen.voices import queries as voices
from huiyin.resolve.triage.models import Classification, Version
from huiyin.resolve.triage.queries.seed import seed
from huiyin.resolve.triage.rules.replacing import is_frozen

MOST = 20_000  # the newest decisions that are learnt from
AT_ONCE = 500


@dataclass(frozen=True)
class Examples:
    """To learn from, and frozen: first those of the seed corpus, then those of people. `mark` names the whole.

    `people` are (who wrote it, text) of the customers' texts among those to learn from."""

    texts: list[str]
    labels: list[str]
    held_texts: list[str]
    held_labels: list[str]
    held_of_seed: int
    mark: str
    people: list[tuple[UUID | None, str]] = field(default_factory=list)


def count() -> int:
    """Decisions of people so far."""
    return Classification.objects.filter(decided=True).count()


def last_attempt(facet: str) -> int | None:
    """How many decisions there were at the last attempt for a facet."""
    return Version.objects.filter(facet=facet).order_by("-decided").values_list("decided", flat=True).first()


def examples(facet: str, *, progress: Callable[[float], None] = lambda share: None) -> Examples:
    """The seed corpus and the last decision on every voice whose words are still kept; a fifth by hash is held.

    Numbers and addresses of people are masked before anything is learnt from them."""
    corpus = seed()
    pairs = list(zip(corpus.texts, corpus.labels[facet], strict=True))
    learnt = [pair for pair in pairs if not is_frozen(pair[0])]
    held = [pair for pair in pairs if is_frozen(pair[0])]
    of_seed, digest, people = len(held), hashlib.sha256(corpus.mark.encode()), []
    latest: dict[UUID, str] = {}
    rows = Classification.objects.filter(decided=True).exclude(**{facet: ""}).order_by("-classified_at", "-id")
    for voice, label in rows.values_list("voice", facet)[:MOST]:
        latest.setdefault(voice, label)
    in_order = sorted(latest)
    for start in range(0, len(in_order), AT_ONCE):
        batch = in_order[start : start + AT_ONCE]
        told = voices.voices(batch)
        for voice, words in voices.words_many(batch).items():
            if words.text.strip():  # erased words teach nothing
                digest.update(f"{voice} {latest[voice]}\n".encode())
                text = masked(words.text)
                if is_frozen(words.text):
                    held.append((text, latest[voice]))
                else:
                    learnt.append((text, latest[voice]))
                    people.append((told[voice].customer if voice in told else None, text))  # unknown: all one person
        progress(min(1.0, (start + AT_ONCE) / len(in_order)))
    return Examples(
        [text for text, _ in learnt], [label for _, label in learnt],
        [text for text, _ in held], [label for _, label in held], of_seed, digest.hexdigest()[:32], people,
    )  # fmt: skip
