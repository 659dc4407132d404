"""A setting that cannot be meant is refused by name, in both languages, and its secret is not repeated."""

from typing import Any

import pytest

from huiyin.kernel.unfit import Unfit
from huiyin.site import given

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "ASKED", dict(given.ASKED))


@pytest.mark.parametrize(
    ("name", "default", "value", "words"),
    [
        ("time_zone", "Asia/Shanghai", "Mars/Base", "the name of a time zone"),
        ("mfa_required", True, "perhaps", "true or false"),
        ("api_per_second", 500, "many", "a whole number"),
        ("submissions_per_hour", 5, "-1", "a whole number"),
        ("now", "", "soon", "an instant"),
        ("log_level", "WARNING", "loud", "DEBUG"),
        ("quiet_hours", "22:00-07:00", "at night", "hours such as"),
        ("base_url", "http://localhost:8000", "bank.example", "https://"),
        ("database_url", "", "mysql://bank:geheim@there/name", "postgresql://"),
        ("database_url", "", "postgresql://bank:geheim@there:port/name", "postgresql://"),
    ],
)
def test_what_cannot_be_meant(name: str, default: Any, value: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"HUIYIN_{name.upper()}", value)
    with pytest.raises(Unfit) as refused:
        given.setting(name, default)
    for language in ("en", "zh-hans"):
        said = refused.value.words.word(language)
        assert f"HUIYIN_{name.upper()}" in said and "geheim" not in said
    assert words in str(refused.value) and "应为" in refused.value.words.zh


def test_what_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, default, text, value in [
        ("demo", False, "On", True),
        ("demo", False, "", False),
        ("allowed_hosts", [], "a.example, b.example,", ["a.example", "b.example"]),
        ("api_per_second", 500, "7", 7),
        ("database_url", "", "postgresql://bank@there/name", "postgresql://bank@there/name"),
    ]:
        monkeypatch.setenv(f"HUIYIN_{name.upper()}", text)
        assert given.setting(name, default) == value
    monkeypatch.delenv("HUIYIN_HOTLINE", raising=False)
    monkeypatch.setattr(given, "_FILE", {"hotline": 95555, "hotlline": "95555"})
    assert given.setting("hotline", "") == "95555", "a number without quotation marks"
    monkeypatch.setenv("HUIYIN_HOTLIN", "95555")
    assert {"hotlline", "HUIYIN_HOTLIN"} <= set(given.unknown())
