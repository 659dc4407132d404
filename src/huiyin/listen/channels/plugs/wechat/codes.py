"""What the platform's return codes mean for a message ("Global return code" of its documentation)."""

from enum import Enum

HOST = "https://api.weixin.qq.com"
TEXT_BYTES = 2048


class Verdict(Enum):
    """What came of a call. The value is the code that a delivery keeps as its reason."""

    DONE = "done"
    TOKEN = "token"  # the access token, or the account's id, secret or list of addresses
    BUSY = "busy"
    QUOTA = "quota"
    WINDOW = "window_passed"
    COUNT = "count_passed"
    GONE = "not_following"
    NOT_ALLOWED = "not_allowed"
    CONTENT = "content"
    REFUSED = "refused"

    @property
    def later(self) -> bool:
        """Whether the same call may succeed by itself later on."""
        return self in (Verdict.TOKEN, Verdict.BUSY, Verdict.QUOTA)


_MEANING = {
    0: Verdict.DONE, -1: Verdict.BUSY, 40001: Verdict.TOKEN, 40014: Verdict.TOKEN, 41001: Verdict.TOKEN,
    42001: Verdict.TOKEN, 40013: Verdict.TOKEN, 40125: Verdict.TOKEN, 40164: Verdict.TOKEN, 45009: Verdict.QUOTA,
    45011: Verdict.QUOTA, 45015: Verdict.WINDOW, 45047: Verdict.COUNT, 40003: Verdict.GONE, 43004: Verdict.GONE,
    48001: Verdict.NOT_ALLOWED, 48002: Verdict.NOT_ALLOWED, 50001: Verdict.NOT_ALLOWED, 45002: Verdict.CONTENT,
    44004: Verdict.CONTENT, 87014: Verdict.CONTENT,
}  # fmt: skip


def verdict(code: int) -> Verdict:
    """An unknown code is a refusal: trying again what nobody understands helps nobody."""
    return _MEANING.get(code, Verdict.REFUSED)
