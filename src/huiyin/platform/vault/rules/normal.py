"""One form per phone number, identity number, name and address, so that equal values have equal blind indexes."""

import re
import unicodedata

KINDS = ("phone", "id", "name", "email", "number", "openid")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def normal(kind: str, value: str) -> str:
    """The value as it is compared. Empty if nothing of it remains."""
    text = narrow(value)
    if kind == "phone":
        return _phone(text)
    if kind in ("id", "number"):
        return re.sub(r"[\s-]", "", text).upper()
    if kind == "openid":
        return value.strip()  # upper and lower case differ
    if kind == "email":
        return text.strip().casefold()
    if kind == "name":
        dots = re.sub(r"[•‧∙⋅・･.．]", "·", text)
        return re.sub(r"\s+", "" if not dots.isascii() else " ", dots.strip()).casefold()
    raise ValueError(f"no blind index of kind {kind!r}")


def narrow(text: str) -> str:
    """Full-width letters and digits as ordinary ones (NFKC), without invisible characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def _phone(text: str) -> str:
    """+86 138 0013 8000, 0086-13800138000 and １３８００１３８０００ are one number."""
    plus = text.strip().startswith("+")
    digits = "".join(str(unicodedata.digit(char)) for char in text if char.isdigit())
    if digits.startswith("00"):
        digits, plus = digits[2:], True
    if digits.startswith("86") and (plus or len(digits) == 13):
        digits, plus = digits[2:], False
        mobile = len(digits) == 11 and digits.startswith("1")
        service = len(digits) == 10 and digits.startswith(("400", "800"))
        if len(digits) >= 9 and not mobile and not service and not digits.startswith("0"):
            digits = "0" + digits  # a landline loses its zero behind the country code
    return ("+" if plus else "") + digits
