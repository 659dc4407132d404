"""What a verification looked at and what it found, worded in both languages."""

from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Line:
    """One thing that was checked. `code` is for machines, the words are for people."""

    verdict: Verdict
    code: str
    zh: str
    en: str

    def word(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en

    @property
    def mark(self) -> str:
        return {"good": "✓", "note": "·", "bad": "✗"}[self.verdict]


@dataclass
class Report:
    """The lines in the order in which things were checked."""

    lines: list[Line] = field(default_factory=list)
    kind: str = ""
    """What was verified: ledger | receipt | proof."""
    body: dict[str, object] = field(default_factory=dict)
    """For a receipt: the entry as it was registered."""

    @property
    def ok(self) -> bool:
        return not any(line.verdict == "bad" for line in self.lines)

    @property
    def findings(self) -> list[Line]:
        return [line for line in self.lines if line.verdict == "bad"]

    def good(self, code: str, zh: str, en: str) -> None:
        self.lines.append(Line("good", code, zh, en))

    def note(self, code: str, zh: str, en: str) -> None:
        self.lines.append(Line("note", code, zh, en))

    def bad(self, code: str, zh: str, en: str) -> None:
        self.lines.append(Line("bad", code, zh, en))

    def text(self, language: str) -> str:
        """The report as it is printed."""
        return "\n".join(f"{line.mark} {line.word(language)}" for line in self.lines)
