"""Which scorecards there are, and in which version."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from huiyin.bank.standards.models import ScorecardVersion
from huiyin.bank.standards.rules import StandardRejected
from huiyin.bank.standards.rules.scorecards import Scorecard, parse_scorecard, written


def scorecard(code: str, version: int | None = None) -> Scorecard | None:
    """A named version, in whatever state; else the one in use: the newest published, or the one that was shipped."""
    if version is None:
        version = (
            ScorecardVersion.objects.filter(code=code, state="published").values_list("version", flat=True).first()
        )
    if version is not None:
        body = ScorecardVersion.objects.filter(code=code, version=version).values_list("body", flat=True).first()
        if body is not None:
            return read_scorecard(body)
    return next((card for card in shipped_scorecards() if card.code == code and version in (None, card.version)), None)


def scorecards() -> list[Scorecard]:
    """The scorecards in use, by code."""
    codes = {card.code for card in shipped_scorecards()}
    codes |= set(ScorecardVersion.objects.filter(state="published").values_list("code", flat=True))
    return [card for code in sorted(codes) if (card := scorecard(code))]


def scorecard_versions(code: str = "") -> list[ScorecardVersion]:
    """The bank's own versions, drafts too, the newest first."""
    found = ScorecardVersion.objects.order_by("code", "-version")
    return list(found.filter(code=code) if code else found)


def scorecard_text(code: str) -> str:
    """The version in use as TOML, to start a change from; "" for an unknown code."""
    body = ScorecardVersion.objects.filter(code=code, state="published").values_list("body", flat=True).first()
    if body is not None:
        return body
    return next((text for text in _shipped_texts() if read_scorecard(text).code == code), "")


@lru_cache(maxsize=64)
def read_scorecard(body: str) -> Scorecard:
    """Raises StandardRejected with what is wrong."""
    try:
        return parse_scorecard(tomllib.loads(body))
    except tomllib.TOMLDecodeError as wrong:
        raise StandardRejected(str(wrong)) from wrong


def next_version(code: str) -> int:
    """The number that the next version of a scorecard has."""
    own = [row.version for row in scorecard_versions(code)]
    return max([*own, *(known.version for known in shipped_scorecards() if known.code == code)], default=0) + 1


def written_scorecard(table: Mapping[str, Any]) -> str:
    """The TOML text of a filled-in form. Raises StandardRejected with what is wrong."""
    return written(parse_scorecard(table))


def shipped_scorecards() -> list[Scorecard]:
    return [read_scorecard(text) for text in _shipped_texts()]


@lru_cache(maxsize=1)
def _shipped_texts() -> tuple[str, ...]:
    root = resources.files("huiyin.bank.standards") / "scorecards"
    files = sorted((file for file in root.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(file.read_text("utf-8") for file in files)
