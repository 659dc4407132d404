"""Personal data inside free text: where it stands, and how it is masked. Pure; every pattern is linear in the text.

Found are identity numbers (GB 11643: 18 places with their ISO 7064 check character, or the 15 of old), bank cards (13 to
19 digits that pass Luhn, issued as credit or debit cards), mobile and fixed-line numbers, e-mail addresses, number
plates (GA 36), house addresses, and a name that somebody gives as their own. Digits count in any width, grouped by
blanks or hyphens, and written as Chinese figures. A number that fails its check is no card and no identity number;
what is long enough is still hidden on pages (see resolve/cases/rules/hiding.py).
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from huiyin.kernel.label import Label

LABELS = {
    label.code: label
    for label in (
        Label("id_number", "身份证号", "Identity number"),
        Label("bank_card", "银行卡号", "Bank card number"),
        Label("mobile", "手机号", "Mobile number"),
        Label("phone", "固定电话", "Telephone number"),
        Label("email", "电子邮箱", "E-mail address"),
        Label("plate", "车牌号", "Number plate"),
        Label("address", "住址", "Address"),
        Label("name", "姓名", "Name"),
    )
}
NUMBERS = frozenset({"id_number", "bank_card", "mobile", "phone", "email", "plate"})
LONGEST = 20_000  # characters looked at
MASK = "■"


@dataclass(frozen=True, order=True)
class Span:
    """Characters `start` to before `end` of the text, as it was given."""

    start: int
    end: int
    kind: str


_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2013: 0x2D, 0x2014: 0x2D}
_FIGURES = str.maketrans("零〇一二三四五六七八九幺", "001234567891")  # one character each: offsets stay
_RUN = re.compile(r"\d(?:[ \-]?\d){6,23}[ \-]?[\dXx]?")
_SPELLED = re.compile(r"[零〇一二三四五六七八九幺]{11,19}")
_MAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}", re.ASCII)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·•-]?"
    r"(?=[A-HJ-NP-Z0-9]{0,5}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_HAN = "\u4e00-\u9fff"
_ANCHOR = re.compile(r"\d{1,5}(?:号|弄|巷|栋|幢|座)")  # round one of these a Chinese address is looked for
_AROUND, _MOST_ANCHORS = 32, 200
_ADDRESS = re.compile(
    rf"(?P<lead>我?家?住在?|寄到|送到|地址[是:：]?|家在)?"
    rf"(?:(?:[{_HAN}]{{2,8}}?(?:省|市|区|县|镇|乡)){{0,3}}[{_HAN}A-Za-z0-9]{{1,10}}?(?:大道|大街|[路街巷弄里村])"
    rf"[{_HAN}]{{0,2}}\d{{1,5}}(?:号|弄|巷)[{_HAN}]{{0,10}}?(?:\d{{1,4}}(?:号楼|栋|幢|座|单元|层|楼|室|号|房)){{1,4}}"
    rf"|[{_HAN}]{{2,8}}(?:小区|花园|家园|公寓|苑|新村|社区)\d{{1,3}}(?:号楼|栋|幢|座)(?:\d{{1,2}}单元)?"
    r"(?:\d{2,4}(?:室|号|房)?)?)"
)
_STREET = re.compile(
    r"\b\d{1,5} (?:[A-Z][a-z]{1,20} ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd)\b"
    r"(?:,? (?:Apt|Apartment|Unit|Flat|Suite) ?#?\w{1,6})?"
)
_NAME = re.compile(
    rf"(?:我叫|我的名字是|本人姓名|姓名)[:： ]?([{_HAN}]{{2,4}}(?:·[{_HAN}]{{1,6}})?)(?=[，,。.；;、！!\s）)]|$)"
    r"|\b[Mm]y name is ([A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){0,2})"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def spans(text: str) -> list[Span]:
    """What was found, in order, without overlaps; where two claim one place, the earlier in this list of kinds wins."""
    folded = text[:LONGEST].translate(_FOLD)
    taken: list[Span] = []
    for span in _claims(folded):
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    return sorted(taken)


def masked(text: str, kinds: Collection[str] = frozenset(LABELS), mask: str = MASK) -> str:
    """The text with every span of these kinds replaced as a whole: nothing of it can be read back."""
    out, at = [], 0
    for span in spans(text):
        if span.kind in kinds:
            out += [text[at : span.start], mask]
            at = span.end
    return "".join(out) + text[at:]


def _claims(text: str) -> Iterator[Span]:
    for found in _MAIL.finditer(text):
        yield Span(found.start(), found.end(), "email")
    for found in _PLATE.finditer(text):
        yield Span(found.start(), found.end(), "plate")
    for found in _RUN.finditer(text):
        if _alone(text, found.start(), found.end()):
            yield from _number(found[0], found.start())
    for found in _SPELLED.finditer(text):
        yield from _number(found[0].translate(_FIGURES), found.start())
    yield from _addresses(text)
    for found in _NAME.finditer(text):
        group = 1 if found[1] else 2
        yield Span(found.start(group), found.end(group), "name")


def _addresses(text: str) -> Iterator[Span]:
    for found in _STREET.finditer(text):
        yield Span(found.start(), found.end(), "address")
    done = 0
    for anchor in islice(_ANCHOR.finditer(text), _MOST_ANCHORS):
        start = max(done, anchor.start() - _AROUND)
        if anchor.start() < done or not (house := _ADDRESS.search(text[start : anchor.end() + _AROUND])):
            continue
        done = start + house.end()
        yield Span(start + (house.end("lead") if house["lead"] else house.start()), done, "address")


def _alone(text: str, start: int, end: int) -> bool:
    """Not a piece of a longer code in letters, and no amount with decimals."""
    before, after = text[start - 1 : start], text[end : end + 2]
    return not (before.isascii() and (before.isalpha() or before == ".")) and not (
        (after[:1].isascii() and after[:1].isalpha()) or (after[:1] == "." and after[1:2].isdigit())
    )


def _number(said: str, start: int) -> Iterator[Span]:
    """A run of digits as one number, else as the numbers that its groups are."""
    said = said.rstrip(" -")
    kind = _kind(said)
    if kind:
        yield Span(start, start + len(said), kind)
        return
    trimmed = said.rstrip("Xx").rstrip(" -")
    if trimmed != said and _kind(trimmed):
        yield Span(start, start + len(trimmed), _kind(trimmed))
        return
    place = 0
    for group in re.split(r"([ \-])", said):
        if _kind(group):
            yield Span(start + place, start + place + len(group), _kind(group))
        place += len(group)


def _kind(said: str) -> str:
    digits = re.sub(r"[ \-]", "", said)
    if is_id_number(digits):
        return "id_number"
    if (digits[:2] == "86" and len(digits) == 13) or (digits[:4] == "0086" and len(digits) == 15):
        digits = digits[-11:]
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return "mobile"
    if re.fullmatch(r"[3-6]\d{12,18}", digits) and luhn(digits):
        return "bank_card"
    if re.fullmatch(r"0\d{2,3}[ \-]?[2-9]\d{6,7}", said.strip()):
        return "phone"
    return ""


def is_id_number(text: str) -> bool:
    """A resident identity number: birth date in the calendar, and of 18 places the right check character."""
    if re.fullmatch(r"[1-8]\d{14}", text):
        return _born(f"19{text[6:12]}")
    if not re.fullmatch(r"[1-8]\d{16}[\dXx]", text) or not _born(text[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def _born(digits: str) -> bool:
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False


def luhn(digits: str) -> bool:
    """ISO/IEC 7812: every second digit from the right doubled, the sum of all digits divisible by ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
