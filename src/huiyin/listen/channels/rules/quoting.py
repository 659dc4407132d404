"""What was written now, without the history under it. When in doubt everything stays: the bytes are kept anyway."""

import re

_HEAD = [
    re.compile(
        r"^\s*-{2,}\s*(原始邮件|原始郵件|转发邮件|Original Message|Forwarded message|回复的原邮件)\s*-{2,}\s*$", re.I
    ),
    re.compile(r"^\s*_{20,}\s*$"),
    re.compile(r"^\s*(发件人|寄件者|From)\s*[:：].{1,200}$", re.I),
]
_WROTE = [
    re.compile(r"^\s*在\s?.{4,120}[，,]?\s?.{0,120}写道\s*[:：]\s*$"),
    re.compile(r"^\s*(?:于\s?)?\d{4}[年/-].{2,120}(?:写道|寫道)\s*[:：]\s*$"),
    re.compile(r"^\s*On\s.{4,200}\swrote:\s*$", re.I),
    re.compile(r"^\s*At\s\d{4}-\d\d-\d\d.{0,100}wrote:\s*$", re.I),
]
_NEXT = re.compile(r"^\s*(发送时间|日期|Sent|Date|收件人|To|主题|Subject)\s*[:：]", re.I)


def without_history(text: str) -> str:
    """Cut at the line that begins the quoted mail, if all below it is quoted or it is a whole block of headers."""
    whole = text.strip()
    lines = whole.split("\n")[:20_000]
    for number, line in enumerate(lines):
        if len(line) > 400:
            continue
        rest = [below for below in lines[number + 1 :] if below.strip()]
        wrote = any(form.match(line) for form in _WROTE)
        if wrote and all(below.lstrip().startswith((">", "＞")) for below in rest):
            return _kept(lines[:number], whole)
        if any(form.match(line) for form in _HEAD) and any(_NEXT.match(below) for below in rest[:4]):
            return _kept(lines[:number], whole)
        if wrote and not any(below.lstrip().startswith((">", "＞")) for below in rest):
            return _kept(lines[:number], whole)
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    return _kept(lines[:end], whole)


def _kept(lines: list[str], whole: str) -> str:
    """A mail that only passes something on has nothing above: then all of it is what was said."""
    return "\n".join(lines).strip() or whole
