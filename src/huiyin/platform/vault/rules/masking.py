"""How a personal value is shown to people who may not see it whole (ux.md §7)."""

import re
import unicodedata

from huiyin.platform.vault.rules.normal import narrow

_DIGIT = re.compile(r"\d")
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
STARS = "****"


def mask_name(name: str) -> str:
    """张三丰 → 张*丰, 张三 → 张*, a single character → *; Li Xiaoming → L*** X***; 阿凡提·买买提 → 阿*·买*提."""
    name = unicodedata.normalize("NFC", name).strip()
    if "·" in name:
        return "·".join(_mask_word(part) for part in name.split("·"))
    return " ".join(_mask_word(part) for part in name.split()) if not _HAN.search(name) else _mask_word(name)


def mask_phone(phone: str) -> str:
    """13800138000 → 138****8000, 010-88886666 → 010****6666, +44 20 7946 0958 → +44****0958."""
    digits = "".join(_DIGIT.findall(narrow(phone)))
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    if len(digits) < 7:
        return STARS if digits else ""
    head = 3 if len(digits) >= 10 else 2
    plus = "+" if narrow(phone).strip().startswith("+") and not (len(digits) == 11 and digits[0] == "1") else ""
    return f"{plus}{digits[: head - len(plus)]}{STARS}{digits[-4:]}"


def mask_id(number: str) -> str:
    """110101199003074518 → 1101**********4518; shorter papers keep two characters on each side."""
    text = re.sub(r"\s", "", narrow(number)).upper()
    keep = 4 if len(text) >= 15 else 2 if len(text) >= 7 else 0
    return text[:keep] + "*" * (len(text) - 2 * keep) + text[len(text) - keep :] if keep else "*" * len(text)


def mask_card(number: str) -> str:
    """6222021234561234 → 6222 **** 1234."""
    digits = "".join(_DIGIT.findall(narrow(number)))
    return f"{digits[:4]} {STARS} {digits[-4:]}" if len(digits) >= 12 else STARS if digits else ""


def mask_email(address: str) -> str:
    """zhang.san@example.com → z***@example.com."""
    local, at, domain = narrow(address).strip().rpartition("@")
    return f"{local[:1]}***@{domain}" if at and local else "***" if address.strip() else ""


_MASKS = {
    "name": mask_name,
    "phone": mask_phone,
    "mobile": mask_phone,
    "telephone": mask_phone,
    "email": mask_email,
    "id_number": mask_id,
    "id": mask_id,
    "customer_number": mask_id,
    "card": mask_card,
    "card_number": mask_card,
}


def masked(values: dict[str, str]) -> dict[str, str]:
    """Every value by the mask of its kind, known by the end of its key; what has no mask becomes stars."""
    return {key: _mask_of(key)(value) if value else "" for key, value in values.items()}


def _mask_of(key: str):  # type: ignore[no-untyped-def]
    for end, mask in _MASKS.items():
        if key == end or key.endswith("_" + end):
            return mask
    return lambda value: STARS


def _mask_word(word: str) -> str:
    if not word:
        return word
    if not _HAN.search(word) and word[0].isascii():
        return word[0] + "***"
    letters = _clusters(word)
    if len(letters) == 1:
        return "*"
    if len(letters) == 2:
        return letters[0] + "*"
    return letters[0] + "*" * (len(letters) - 2) + letters[-1]


def _clusters(word: str) -> list[str]:
    """What a reader counts as one character: a letter with the marks that belong to it."""
    found: list[str] = []
    for char in word:
        if found and (
            unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Mc", "Me") or char == "\u200d"
        ):
            found[-1] += char
        else:
            found.append(char)
    return found
