"""A code with its Chinese and its English word, and what the bank itself gave a name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Label:
    code: str
    zh: str
    en: str

    def word(self, language: str) -> str:
        """The word in a language code such as `zh-hans` or `en`."""
        return self.zh if language.startswith("zh") else self.en


def offered(labels: Iterable[Label], language: str | None, *, blank: bool = False) -> list[tuple[str, str]]:
    """Codes with their words, as a form offers them; `blank`: none of them first."""
    said = [(label.code, label.word(language or "zh-hans")) for label in labels]
    return [("", "—"), *said] if blank else said


class Named:
    """Something that the bank named: a unit, a person, a product. It reads like a Label; where the bank entered no
    English name, the Chinese one stands. Whoever is one has a `name` and a `name_en`, be they columns or properties."""

    @property
    def zh(self: Any) -> str:
        return self.name

    @property
    def en(self: Any) -> str:
        return self.name_en or self.name

    def word(self: Any, language: str) -> str:
        """The name in a language code such as `zh-hans` or `en`."""
        return self.name if language.startswith("zh") else self.name_en or self.name
