"""An arrival in the form of a submission: cut to what a voice holds, without what cannot be stored."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from huiyin.listen.channels.rules.contract import Attached, Parsed

TEXT, TITLE, NAME = 5000, 120, 60
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, kw_only=True)
class Telling:
    """`overflow`: the whole text as a file where it was longer than a voice holds."""

    kind: str
    title: str
    text: str
    language: str
    overflow: tuple[Attached, ...]

    def person(self, kind: str, parsed: Parsed) -> dict[str, str]:
        """Name and contact as far as the channel gives them; nothing is guessed."""
        known = {name: parsed.fields.get(name, "") for name in ("name", "phone", "email")}
        first = parsed.senders[0] if parsed.senders else ""
        if kind in ("email", "phone") and not known[kind]:
            known[kind] = first
        return {name: short(value, NAME if name == "name" else 254) for name, value in known.items() if value}

    def left_out(self, files: Sequence[tuple[str, str]]) -> str:
        zh = self.language.startswith("zh")
        head = "以下附件未能收下：" if zh else "These attachments could not be taken:"
        lines = [f"· {storable(name)[:80]}{'：' if zh else ': '}{why}" for name, why in files]
        return "\n".join([head, *lines])[:TEXT]


def telling(parsed: Parsed) -> Telling:
    text, title = storable(parsed.text).strip(), storable(parsed.subject).strip()
    language = parsed.language or language_of(f"{title}\n{text}")
    overflow: tuple[Attached, ...] = ()
    if len(text) > TEXT - 100:
        whole = text
        more = (
            "……（全文见附件 full-text.txt）" if language.startswith("zh") else "… (the whole text is in full-text.txt)"
        )
        text = text[: TEXT - 200] + more
        overflow = (Attached("full-text.txt", whole.encode()),)
    if not text:
        text = title or ("（见附件）" if language.startswith("zh") else "(see the attachments)")
    return Telling(
        kind=parsed.fields.get("kind", "complaint"), title=short(title, TITLE), text=text, language=language,
        overflow=overflow,
    )  # fmt: skip


def storable(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def short(text: str, limit: int) -> str:
    line = " ".join(storable(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def language_of(text: str) -> str:
    """Chinese unless the words are Latin: the bank's own language is the safer answer."""
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    return "en" if latin > han else "zh-hans"
