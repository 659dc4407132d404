"""Numbers that identify a person are hidden inside free text until somebody gives a reason to see them."""

import re

from huiyin.kernel.personal import spans

_BESIDES = frozenset({"plate", "mobile"})  # what the patterns below do not know: plates, figures in Chinese
_LONG = re.compile(r"(?<![\d.])(\d[\d \-]{5,24}\d[\dXx]?)(?!\d|\.\d)")
_SECRET = re.compile(r"(/(?:track|survey|chat|ask|answer)/)[\w-]{8,}/?")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


def hide_numbers(text: str) -> str:
    """Telephone, card and identity numbers keep three and four digits, number plates two; money and dates stay."""
    text = _LONG.sub(_hidden, text)
    for span in reversed(spans(text)):
        if span.kind in _BESIDES:
            kept = 2 if span.kind == "plate" else 3
            text = f"{text[: span.start + kept]}****{text[span.end :]}"
    return _MAIL.sub(lambda found: f"{found[0][0]}***@***", text)


def hide_links(text: str) -> str:
    """The secret of a customer's own page (tracking, survey, questions) is for the customer alone: it opens what they may open."""
    return _SECRET.sub(r"\1…", text)


def _hidden(found: "re.Match[str]") -> str:
    digits = [letter for letter in found[0] if letter.isalnum()]
    if len(digits) < 7 or (len(digits) == 8 and found[0].startswith(("19", "20"))):
        return found[0]
    return f"{''.join(digits[:3])}****{''.join(digits[-4:])}" if len(digits) > 7 else "****" + "".join(digits[-3:])
