"""Writes docs/facts.md from the code, so that it cannot lie. A test compares; `make docs` writes.

scripts/docs.py           write
scripts/docs.py check     1 if what is written is not what the code says
"""

import dataclasses
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "facts.md"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
    import django

    django.setup()
    text = facts()
    if sys.argv[1:] == ["check"]:
        return 0 if PAGE.exists() and PAGE.read_text("utf-8") == text else 1
    PAGE.write_text(text, "utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


def facts() -> str:
    """Every fact, what it says, and who hears it."""
    from huiyin.kernel.fact import FACTS
    from huiyin.ledger.news import REACTIONS

    lines = [
        "# Facts and who hears them",
        "",
        "Written by `make docs` from the code. A fact is what a room says upwards: ids, codes, times and numbers,",
        "chained in its stream and sealed into the ledger. A reaction runs in the same transaction.",
        "",
        "| fact | what happened | says | heard by |",
        "| --- | --- | --- | --- |",
    ]
    product = {name: fact for name, fact in FACTS.items() if ".tests." not in fact.__module__}
    for name, fact in sorted(product.items()):
        if not fact.__module__.startswith("huiyin."):
            continue
        told = " ".join(f"`{field.name}`" for field in dataclasses.fields(fact))
        heard = "<br>".join(
            f"{reaction.one.__module__.removeprefix('huiyin.').removesuffix('.reactions').replace('.', '/')}: "
            f"{reaction.one.__name__.replace('_', ' ')}"
            for reaction in REACTIONS.get(fact, [])
            if ".tests." not in reaction.one.__module__
        )
        lines.append(f"| `{name}` | {_first_line(fact)} | {told} | {heard or '—'} |")
    return "\n".join(lines) + "\n"


def _first_line(fact: type) -> str:
    said = (fact.__doc__ or "").strip().splitlines()
    return "" if not said or said[0].startswith(f"{fact.__name__}(") else said[0].replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())
