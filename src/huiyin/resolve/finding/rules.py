"""What a matter is found by, and which questions are not asked of the index at all."""

import re
import unicodedata
from uuid import UUID, uuid5

from huiyin.kernel.label import Label

KINDS = (
    Label("case", "投诉", "Complaint"),
    Label("message", "往来信息", "Message"),
    Label("note", "内部备注", "Internal note"),
    Label("reply", "答复草稿", "Draft of a reply"),
    Label("about", "被投诉人员", "Complained about"),
)
KIND = {label.code: label for label in KINDS}
WHY = {
    "number": Label("number", "编号相符", "The number fits"),
    "person": Label("person", "客户资料相符", "The customer's data fit"),
    "text": Label("text", "文字相符", "The words fit"),
}
MOST_UNITS = 64
_NUMBER = re.compile(r"number:[A-Z]{2}\d{14,16}")
_TOKEN = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9/_.:#-]{3,71}")


def about_row(matter: UUID) -> UUID:
    """The row of the index that says whom a matter is about: apart from its words, for fewer may ask for it."""
    return uuid5(matter, "about")


def labels_of(*, number: str, unit: UUID, people: set[UUID], old: str = "") -> tuple[str, ...]:
    """Labels of a case: who may look, by unit and by person; its number whole and by its end, and the one of before."""
    bare = _bare(number)
    tail = bare[-6:]
    found = [f"number:{bare}", f"unit:{unit.hex}", *(f"staff:{one.hex}" for one in sorted(people))]
    if tail.isdigit():
        found += [f"number:{tail[n:]}" for n in range(3)]
    if old:
        found.append(f"number:{_bare(old)}")
    return tuple(found)


def number_asked(query: str) -> str:
    """The label of a number, if the question is one: TS-20260305-123456, its last four to six digits, an older number."""
    plain = unicodedata.normalize("NFKC", query).strip().upper()
    return f"number:{_bare(plain)}" if _TOKEN.fullmatch(plain) else ""


def is_whole(number: str) -> bool:
    """Is it one of our numbers, which can mean nothing else? Four digits may as well be an amount in a text."""
    return bool(_NUMBER.fullmatch(number))


def _bare(number: str) -> str:
    return "".join(letter for letter in number.upper() if letter.isascii() and letter.isalnum())
