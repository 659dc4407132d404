"""What a printed document is made of: plain values that any room can fill and every writer can set.

Characters are printed as they are: nothing in them is ever read as mark-up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

FORMS = ("pdf", "docx")


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 stands in the contents."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Words:
    """Running text. A line break is a new paragraph. `align`: left | center | right; `indent`: two characters in front
    of each paragraph, as Chinese letters have it; `quiet`: small and grey."""

    text: str
    align: str = "left"
    indent: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Pairs:
    """What something is called, and what it is: two columns without lines."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A table with a head. `widths`: the share of each column (none: as wide as its words); the columns in `code` are
    set letter by letter, broken anywhere, as hashes are."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    code: tuple[int, ...] = ()


@dataclass(frozen=True)
class Code:
    """Text for a programme to read: line breaks stay, every letter as wide as the other."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A drawing (SVG) `width` millimetres wide. `words` say what it shows to those who do not see it."""

    svg: str
    words: str
    width: int = 32


@dataclass(frozen=True)
class Break:
    """The next thing begins on a new page."""


Block = Heading | Words | Pairs | Grid | Code | Picture | Break


@dataclass(frozen=True)
class Document:
    """A letter or a file to be printed on A4.

    `letterhead` stands on top of the first page, `reference` (a number) under it; `footer` at the foot of every page
    beside the page number. `cover` puts letterhead, title and `about` on a page of their own, `contents` lists the
    headings with their pages behind it; `seal` stands at the foot of the cover. `large` is the print for people who read with difficulty (18 pt instead of 12).
    `made_at` is the only time in it, so that equal documents are equal bytes.
    """

    title: str
    language: str
    made_at: datetime
    blocks: tuple[Block, ...]
    letterhead: tuple[str, ...] = ()
    reference: str = ""
    footer: str = ""
    about: tuple[tuple[str, str], ...] = field(default=())
    cover: bool = False
    seal: Picture | None = None
    contents: bool = False
    contents_title: str = ""
    large: bool = False

    @property
    def chinese(self) -> bool:
        return self.language.startswith("zh")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: control characters and empty lines left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    clean = ("".join(x for x in line if x == "\t" or (ord(x) >= 32 and not _unprintable(x))) for line in lines)
    return [line.strip() for line in clean if line.strip()]


def _unprintable(letter: str) -> bool:
    """What XML and fonts cannot hold: DEL and C1 controls, surrogates, non-characters."""
    code = ord(letter)
    return 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def texts(document: Document) -> Iterator[str]:
    """Every text of the body in reading order, paragraph by paragraph: what any writer's output must contain."""
    for block in document.blocks:
        if isinstance(block, Heading | Words | Code):
            yield from paragraphs(block.text)
        elif isinstance(block, Pairs):
            for name, value in block.rows:
                yield from (*paragraphs(name), *paragraphs(value))
        elif isinstance(block, Grid):
            for row in (block.head, *block.rows):
                for cell in row:
                    yield from paragraphs(cell)
