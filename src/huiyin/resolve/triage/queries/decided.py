"""What people decided, with the words it was decided about, as examples to learn from and to judge by."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from huiyin.listen.voices import queries as voices
from huiyin.resolve.triage.models import Classification, Version
from huiyin.resolve.triage.queries.seed import seed
from huiyin.resolve.triage.rules.replacing import is_frozen

MOST = 20_000  # the newest decisions that are learnt from
AT_ONCE = 500


@dataclass(frozen=True)
class Examples:
    """To learn from, and frozen: first those of the seed corpus, then those of people. `mark` names the whole."""

    texts: list[str]
    labels: list[str]
    held_texts: list[str]
    held_labels: list[str]
    held_of_seed: int
    mark: str


def count() -> int:
    """Decisions of people so far."""
    return Classification.objects.filter(decided=True).count()


def last_attempt(facet: str) -> int | None:
    """How many decisions there were at the last attempt for a facet."""
    return Version.objects.filter(facet=facet).order_by("-decided").values_list("decided", flat=True).first()


def examples(facet: str) -> Examples:
    """The seed corpus and the last decision on every voice whose words are still kept; a fifth by hash is held."""
    corpus = seed()
    pairs = list(zip(corpus.texts, corpus.labels[facet], strict=True))
    learnt = [pair for pair in pairs if not is_frozen(pair[0])]
    held = [pair for pair in pairs if is_frozen(pair[0])]
    of_seed, digest = len(held), hashlib.sha256(corpus.mark.encode())
    latest: dict[UUID, str] = {}
    rows = Classification.objects.filter(decided=True).exclude(**{facet: ""}).order_by("-classified_at", "-id")
    for voice, label in rows.values_list("voice", facet)[:MOST]:
        latest.setdefault(voice, label)
    voices_in_order = sorted(latest)
    for start in range(0, len(voices_in_order), AT_ONCE):
        for voice, words in voices.words_many(voices_in_order[start : start + AT_ONCE]).items():
            if words.text.strip():  # erased words teach nothing
                digest.update(f"{voice} {latest[voice]}\n".encode())
                (held if is_frozen(words.text) else learnt).append((words.text, latest[voice]))
    return Examples(
        [text for text, _ in learnt], [label for _, label in learnt],
        [text for text, _ in held], [label for _, label in held], of_seed, digest.hexdigest()[:32],
    )  # fmt: skip
