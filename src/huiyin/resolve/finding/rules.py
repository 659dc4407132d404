"""What a matter is found by, and which questions are not asked of the index at all."""

import re
import unicodedata
from uuid import UUID

from huiyin.kernel.label import Label

KINDS = (
    Label("case", "投诉", "Complaint"),
    Label("message", "往来信息", "Message"),
    Label("note", "内部备注", "Internal note"),
)
KIND = {label.code: label for label in KINDS}
WHY = {
    "number": Label("number", "编号相符", "The number fits"),
    "person": Label("person", "客户资料相符", "The customer's data fit"),
    "text": Label("text", "文字相符", "The words fit"),
}
MOST_UNITS = 64
_NUMBER = re.compile(r"[A-Z]{2}-?\d{8}-?\d{6,8}")
_TAIL = re.compile(r"\d{4,8}")


def labels_of(*, number: str, unit: UUID, people: set[UUID]) -> tuple[str, ...]:
    """Labels of a case: who may look, by unit and by person, and its number whole and by its end."""
    bare = number.replace("-", "")
    tail = bare[-6:]
    found = [f"number:{bare}", f"unit:{unit.hex}", *(f"staff:{one.hex}" for one in sorted(people))]
    if tail.isdigit():
        found += [f"number:{tail[n:]}" for n in range(3)]
    return tuple(found)


def number_asked(query: str) -> str:
    """The label of a number, if the whole query is one: TS-20260305-123456, or its last four to six digits."""
    plain = unicodedata.normalize("NFKC", query).strip().upper()
    if _NUMBER.fullmatch(plain):
        return f"number:{plain.replace('-', '')}"
    return f"number:{plain}" if _TAIL.fullmatch(plain) and len(plain) <= 6 else ""


def is_whole(number: str) -> bool:
    """Is it a whole number, which can mean nothing else? Four digits may as well be an amount in a text."""
    return len(number) > len("number:") + 8
