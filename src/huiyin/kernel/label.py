"""A code with its Chinese and its English word."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    code: str
    zh: str
    en: str

    def word(self, language: str) -> str:
        """The word in a language code such as `zh-hans` or `en`."""
        return self.zh if language.startswith("zh") else self.en
