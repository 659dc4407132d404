"""A code with its Chinese and its English word, and what the bank itself gave a name."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Label:
    code: str
    zh: str
    en: str

    def word(self, language: str) -> str:
        """The word in a language code such as `zh-hans` or `en`."""
        return self.zh if language.startswith("zh") else self.en


class _HasNames(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


class Named:
    """Something that the bank named: a unit, a person, a product. It reads like a Label; where the bank entered no
    English name, the Chinese one stands."""

    @property
    def zh(self: _HasNames) -> str:
        return self.name

    @property
    def en(self: _HasNames) -> str:
        return self.name_en or self.name

    def word(self, language: str) -> str:
        """The name in a language code such as `zh-hans` or `en`."""
        return self.zh if language.startswith("zh") else self.en
