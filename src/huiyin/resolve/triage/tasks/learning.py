"""Learning a facet and putting the head on the shelf."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.refusal import Refusal
from huiyin.resolve.triage.plugs import encoders as plugs
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.plugs.shelf import Card
from huiyin.resolve.triage.queries import learnt, seed

if TYPE_CHECKING:
    from huiyin.resolve.triage.rules.head import Head
    from huiyin.resolve.triage.rules.training import Learnt

Progress = Callable[[str, float], None]


class TooLittleToLearn(Refusal):
    status = 400
    message = _("At least ten texts and two different labels are needed to learn anything.")


class NeedsEncoder(Refusal):
    status = 400
    message = _("This facet was learnt with a sentence encoder; learn it from words only to use it without one.")


def fit(
    facet: str,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    encoders: tuple[str, ...] | None = None,
    outside: str = "",
    progress: Progress = lambda what, share: None,
) -> "Learnt":
    """Encode and learn; nothing is kept. `encoders` None takes the preferred one this machine has."""
    from huiyin.resolve.triage.rules import training

    chosen = plugs.available()[:1] if encoders is None else encoders
    done = 0

    def encoded(count: int) -> None:
        nonlocal done
        done += count
        progress("encode", done / len(texts))

    examples = training.Examples(texts, labels, plugs.encode(chosen, texts, encoded))
    hints = learnt.hints if learnt.hinting(facet) else None
    try:
        return training.learn(examples, encoders=chosen, outside=outside, hints=hints, progress=progress)
    except training.TooLittle as too_little:
        raise TooLittleToLearn from too_little


def keep(facet: str, found: "Learnt", *, origin: str, mark: str = "", made_at: str = "") -> Card:
    """Put a head on the shelf with its figures and let it answer."""
    card = shelf.save(learnt.root(), facet, found.head, about(found, origin, mark, made_at))
    shelf.appoint(learnt.root(), facet, card.version)
    return card


def about(found: "Learnt", origin: str, mark: str, made_at: str) -> dict[str, Any]:
    """What a version says of itself. The figures are of texts held out while learning."""
    from huiyin.resolve.triage.rules import scores

    names = [found.labels[i] for i in found.right]
    said = [found.labels[i] for i in found.shares.argmax(axis=1)]
    sure = [float(p) for p in found.shares.max(axis=1)]
    right = [a == b for a, b in zip(names, said, strict=True)]
    return {
        "origin": origin,
        "mark": mark,
        "made_at": made_at,
        "texts": len(names),
        "counts": {label: names.count(label) for label in found.labels},
        "held_out": {
            "accuracy": round(scores.accuracy(names, said), 4),
            "macro_f1": round(scores.macro_f1(names, said), 4),
            "ece": round(scores.ece(sure, right), 4),
            "selective_accuracy_90": round(scores.selective(sure, right), 4),
        },
    }


def ready(
    facet: str, *, words_only: bool = False, progress: Progress = lambda what, share: None
) -> "tuple[Head, Card]":
    """The head that answers for a facet. The product's own facets are learnt from the seed corpus when first asked for,
    and again when a new release brings another corpus. Raises `NothingLearnt`, `NeedsEncoder`."""
    from huiyin.resolve.triage.rules import training

    name = facet + learnt.WORDS_ONLY if words_only else facet
    corpus = seed.seed()
    if facet not in seed.FACETS or not corpus.texts:
        head, card = learnt.head_of(facet)
        if words_only and head.encoders:
            raise NeedsEncoder
        return head, card
    chosen = () if words_only else plugs.available()[:1]
    mark = "+".join((corpus.mark, *chosen, *((training.METHOD,) if chosen else ())))
    with suppress(shelf.BrokenModel, learnt.NothingLearnt):  # a damaged file is learnt anew
        head, card = learnt.head_of(name)
        if card.about["origin"] != "seed" or card.about["mark"] == mark:
            return head, card
    found = fit(name, corpus.texts, corpus.labels[facet], encoders=chosen, progress=progress)
    try:
        card = keep(name, found, origin="seed", mark=mark)
    except OSError:  # a home that cannot be written still answers
        card = Card(name, "", about(found, "seed", mark, ""))
    return found.head, card
