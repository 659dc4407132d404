"""Learnt heads as files under $HUIYIN_HOME/triage: arrays in .npz (never pickle), one folder a facet.

A version is named by the hash of its content, so a file that was changed on disk is not used. `current.json` says which
version answers; it is replaced whole, so a crash leaves the old or the new one.
"""

import hashlib
import io
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.refusal import Refusal

FORMAT = 1
SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")


class BrokenModel(Refusal):
    status = 500
    message = _("The model file is damaged or was changed: %(path)s")


class BadName(Refusal):
    status = 400
    message = _("A facet's name is 1 to 48 small letters, digits, - and _.")


@dataclass(frozen=True)
class Card:
    """What is known of a version besides its weights."""

    facet: str
    version: str
    about: dict[str, Any]  # texts, labels, counts, encoders, figures, made_at


def save(root: Path, facet: str, head: Any, about: dict[str, Any]) -> Card:
    """Write a version; saving equal content again changes nothing."""
    import numpy as np

    meta = {
        "format": FORMAT, "facet": facet, "labels": head.labels, "encoders": head.encoders, "outside": head.outside,
        "sharpness": head.sharpness, "levels": sorted(head.levels.items()), "about": about,
    }  # fmt: skip
    content = io.BytesIO()
    np.savez_compressed(
        content,
        meta=_letters(json.dumps(meta, ensure_ascii=False, sort_keys=True)),
        pieces=_letters("\n".join(head.vocabulary.words)),
        rarity=head.vocabulary.rarity, words=head.words.astype(np.float16), sense=head.sense, middle=head.middle,
        bias=head.bias, turn=head.turn, products=head.products.astype(np.float16),
    )  # fmt: skip
    raw = content.getvalue()
    version = hashlib.sha256(raw).hexdigest()[:16]
    _write(folder(root, facet) / f"{version}.npz", raw)
    return Card(facet, version, about)


@lru_cache(maxsize=16)
def load(root: Path, facet: str, version: str) -> tuple[Any, Card]:
    """The head of a version, checked against its hash."""
    import numpy as np

    from huiyin.resolve.triage.rules.features import Vocabulary
    from huiyin.resolve.triage.rules.head import Head

    path = folder(root, facet) / f"{version}.npz"
    try:
        raw = path.read_bytes()
        if hashlib.sha256(raw).hexdigest()[:16] != version:
            raise ValueError(path)
        with np.load(io.BytesIO(raw), allow_pickle=False) as held:
            meta = json.loads(held["meta"].tobytes())
            words = Vocabulary(held["pieces"].tobytes().decode("utf-8").split("\n"), held["rarity"])
            head = Head(
                tuple(meta["labels"]), words, held["words"].astype(np.float32), held["sense"], held["middle"],
                held["bias"], float(meta["sharpness"]), {float(c): float(p) for c, p in meta["levels"]},
                tuple(meta["encoders"]), meta["outside"],
                *((held["turn"], held["products"].astype(np.float32)) if "turn" in held else ()),  # a linear head has none
            )  # fmt: skip
    except (OSError, ValueError, KeyError) as broken:
        raise BrokenModel(str(BrokenModel.message) % {"path": path}) from broken
    return head, Card(facet, version, meta["about"])


def current(root: Path, facet: str) -> str:
    """The version that answers, or "" where nothing was learnt."""
    try:
        return str(json.loads((folder(root, facet) / "current.json").read_text("utf-8"))["version"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError) as broken:
        raise BrokenModel(str(BrokenModel.message) % {"path": folder(root, facet) / "current.json"}) from broken


def appoint(root: Path, facet: str, version: str) -> None:
    """From now on this version answers."""
    _write(folder(root, facet) / "current.json", json.dumps({"version": version}).encode())


def facets(root: Path) -> list[str]:
    return sorted(p.parent.name for p in root.glob("*/current.json"))


def folder(root: Path, facet: str) -> Path:
    if not 1 <= len(facet) <= 48 or not set(facet) <= SAFE:
        raise BadName
    return root / facet


def _letters(text: str) -> Any:
    import numpy as np

    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)


def _write(path: Path, raw: bytes) -> None:
    """Whole or not at all, and on the disk before it has its name."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    passing = path.with_suffix(f".{os.getpid()}.part")
    with passing.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
