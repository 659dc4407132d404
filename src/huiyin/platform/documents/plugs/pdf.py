"""A document as PDF/UA, set by Typst with fonts that came with the product: no system library, no system font.

Noto Serif SC is the face; what it lacks (rare characters of names: 𠮷 𬱖) comes from Noto Sans CJK.
"""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

from huiyin.platform.documents.rules import (
    Block,
    Break,
    Code,
    Document,
    Grid,
    Heading,
    Pairs,
    Picture,
    Words,
    paragraphs,
)

_FONTS = ("pylopdf_fonts_zh_cn", "manimgx_fonts_cjk")


def write(document: Document) -> bytes:
    """The same document gives the same bytes."""
    import typst  # 30 MB of machine code: only where something is printed

    made: bytes = typst.compile(  # type: ignore[misc]
        _layout(), font_paths=_fonts(), ignore_system_fonts=True, pdf_standards=["ua-1"],
        sys_inputs={"document": json.dumps(_data(document), ensure_ascii=False)},
    )  # fmt: skip
    return made


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return resources.files(__package__).joinpath("pdf.typ").read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> list[str]:
    return [str(resources.files(package)) for package in _FONTS]


def _data(document: Document) -> dict[str, Any]:
    at = document.made_at
    return {
        "title": _line(document.title),
        "lang": "zh" if document.chinese else "en",
        "region": "CN" if document.chinese else "GB",
        "made": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "letterhead": [_line(line) for line in document.letterhead],
        "reference": _line(document.reference),
        "footer": _line(document.footer),
        "about": [[_line(name), _line(value)] for name, value in document.about],
        "cover": document.cover,
        "seal": _block(document.seal) if document.seal else None,
        "contents": document.contents,
        "contents_title": _line(document.contents_title),
        "large": document.large,
        "blocks": [_block(block) for block in document.blocks],
    }


def _line(text: str) -> str:
    return " ".join(paragraphs(text))


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"sort": "heading", "text": _line(block.text), "level": block.level}
    if isinstance(block, Words):
        return {
            "sort": "words", "lines": paragraphs(block.text), "align": block.align, "indent": block.indent,
            "quiet": block.quiet,
        }  # fmt: skip
    if isinstance(block, Pairs):
        return {"sort": "pairs", "rows": [[paragraphs(name), paragraphs(value)] for name, value in block.rows]}
    if isinstance(block, Grid):
        rows = [[_line(cell) for cell in row] for row in block.rows]
        widths = list(block.widths) or [0] * len(block.head)
        head = [paragraphs(cell) for cell in block.head]
        return {"sort": "grid", "head": head, "rows": rows, "widths": widths, "code": list(block.code)}
    if isinstance(block, Code):
        return {"sort": "code", "lines": [_line(line) for line in block.text.splitlines()]}
    if isinstance(block, Picture):
        return {"sort": "picture", "svg": block.svg, "words": _line(block.words), "width": block.width}
    assert isinstance(block, Break)
    return {"sort": "break"}
