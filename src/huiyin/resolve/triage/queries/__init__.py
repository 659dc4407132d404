"""What is suggested or decided about a voice, and the words triage knows."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from uuid import UUID

from huiyin.bank.products.queries import products
from huiyin.kernel.label import Label
from huiyin.resolve.triage import rules
from huiyin.resolve.triage.models import Classification
from huiyin.resolve.triage.rules import THRESHOLD, Suggestion

__all__ = ["DEMANDS", "THRESHOLD", "Suggestion"]

ROOM = Path(__file__).parent.parent
FACETS = ("category", "cause", "severity", "complexity", "demand", "flag")
DEMANDS = {
    label.code: label
    for label in (
        Label("refund", "退款退费", "A refund"),
        Label("compensate", "赔偿损失", "Compensation"),
        Label("stop", "停止骚扰或取消业务", "Stop or cancel it"),
        Label("restore", "恢复使用", "Restore access"),
        Label("correct", "更正记录", "Correct the record"),
        Label("explain", "给出解释", "An explanation"),
        Label("apologise", "赔礼道歉", "An apology"),
        Label("hurry", "加快处理", "Quicker handling"),
        Label("punish", "追究责任", "Somebody held to account"),
        Label("improve", "改进服务", "An improvement"),
    )
}


def suggestion(text: str, product: str = "") -> Suggestion:
    """What is made of a text; `product` is the code of the product the customer named."""
    return suggestions([(text, product)])[0]


def suggestions(texts: Iterable[tuple[str, str]]) -> list[Suggestion]:
    """For many (text, product code): the word lists first; where they are not sure, what was learnt, if anything was."""
    from huiyin.resolve.triage.queries import learnt

    words = lexicon()
    pairs = list(texts)
    known = {code: product.category for code, product in products({code for _, code in pairs if code}).items()}
    found = [rules.classify(text, known.get(code, ""), words) for text, code in pairs]
    if not learnt.reads():
        return found
    return [
        guess if guess.sure else learnt.second(guess, text, known.get(code, ""))
        for guess, (text, code) in zip(found, pairs, strict=True)
    ]


def outputs(text: str) -> dict[str, tuple[str, float | None]]:
    """Urgency, sentiment and demand as (code, confidence), each only where it is not in doubt; a demand that only the
    word lists know has no confidence."""
    from huiyin.resolve.triage.queries import learnt

    found: dict[str, tuple[str, float | None]] = dict(learnt.outputs(text))
    if "demand" not in found:
        guess = rules.classify(text, "", lexicon()).demand
        if guess:
            found["demand"] = (guess, None)
    return found


def current(voice: UUID) -> Classification | None:
    """The latest word on a voice: a person's decision stands above any suggestion."""
    return Classification.objects.filter(voice=voice).order_by("-decided", "-classified_at", "-id").first()


def undecided(voices: Iterable[UUID]) -> set[UUID]:
    """Of these, the voices about which the machine suggested something and nobody has decided."""
    rows = Classification.objects.filter(voice__in=list(voices)).values_list("voice", "decided")
    found = list(rows)
    return {voice for voice, _decided in found} - {voice for voice, is_decided in found if is_decided}


def history(voice: UUID) -> list[Classification]:
    return list(Classification.objects.filter(voice=voice).select_related("decided_by"))


@cache
def lexicon() -> rules.Lexicon:
    """The word lists that ship with the product."""
    return rules.lexicon({facet: _read(facet) for facet in FACETS})


def _read(facet: str) -> dict[str, dict[str, dict[str, float]]]:
    raw = tomllib.loads((ROOM / "lexicon" / f"{facet}.toml").read_text("utf-8"))
    cut = {"zh": str.split, "en": lambda line: [word.strip() for word in line.split(",")]}
    return {
        label: {
            language: {word: weight for weight, line in lines for word in cut[language](line)}
            for language, lines in languages.items()
        }
        for label, languages in raw.items()
    }
