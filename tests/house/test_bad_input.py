"""The table of bad input names tests that are there, and leaves no item out."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "bad-input.md").read_text()


def test_every_test_that_the_table_names_exists() -> None:
    named = re.findall(r"`([\w/.]+\.py)::(\w+)`", TABLE)
    missing = [name for path, name in named if f"def {name}(" not in (ROOT / path).read_text()]
    assert len(named) > 50 and not missing


def test_every_item_has_its_row() -> None:
    cells = re.findall(r"^\| ([T\d, –]+) \|", TABLE, re.MULTILINE)
    found: set[int] = set()
    for cell in cells:
        for part in cell.replace("T", "").split(","):
            first, _dash, last = part.strip().partition("–")
            found |= set(range(int(first), int(last or first) + 1))
    assert set(range(1, 90)) <= found
    peers = {int(n) for n in re.findall(r"^\| T(\d+) \|", TABLE, re.MULTILINE)}
    assert {40, 41, 42, *range(45, 56)} <= peers
