"""What of customers' words a learnt version may hold: only pieces that several people used. Pure; numpy only.

A head keeps the pieces of words it knows in clear. A name, an account or a street that one customer wrote would stand
there until the version is thrown away, also after the customer was erased. So a piece stays only where the seed corpus
has it or at least `PEOPLE` different customers wrote it (docs/decisions/learnt-words-are-shared-words.md).
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from huiyin.resolve.triage.rules.features import Vocabulary

if TYPE_CHECKING:
    from huiyin.resolve.triage.rules.head import Head

PEOPLE = 3
Hints = Callable[[str], Iterable[str]]


def shared(head: "Head", ours: Iterable[str], theirs: Sequence[tuple[Hashable, str]], hints: Hints | None) -> "Head":
    """The head without the pieces that neither our own texts have nor `PEOPLE` of the people who wrote `theirs`
    (person, text)."""
    known = head.vocabulary
    kept = np.zeros(len(known.words), dtype=bool)
    for text in ours:
        kept[known.columns(text, hints(text) if hints else ())] = True
    of_person: dict[Hashable, set[int]] = {}
    for person, text in theirs:
        of_person.setdefault(person, set()).update(known.columns(text, hints(text) if hints else ()))
    users = np.zeros(len(known.words), dtype=np.intp)
    for columns in of_person.values():
        users[list(columns)] += 1
    kept |= users >= PEOPLE
    pieces = [word for word, stays in zip(known.words, kept, strict=True) if stays]
    return replace(head, vocabulary=Vocabulary(pieces, known.rarity[kept]), words=head.words[kept])


def dropped(before: "Head", after: "Head") -> int:
    return len(before.vocabulary.words) - len(after.vocabulary.words)
