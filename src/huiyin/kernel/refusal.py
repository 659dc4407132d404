"""An expected refusal: the story's own "no", worded for the person who asked."""

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """Base of every named refusal. `message` may be a lazily translated text; `status` is the HTTP status."""

    status: ClassVar[int] = 409
    message: object = ""

    def __init__(self, message: object = "", **reasons: object) -> None:
        super().__init__(str(message or self.message))
        self.message = message or self.message
        self.reasons = reasons


class Coded(Refusal):
    """A refusal of a room that words its reasons in one table: `words` by code."""

    words: ClassVar[Mapping[str, object]]

    def __init__(self, code: str, **reasons: object) -> None:
        super().__init__(self.words[code], code=code, **reasons)
        self.code = code
