"""Reading settings: from the environment, else from $HUIYIN_HOME/huiyin.toml, else the default. What cannot be meant is
refused by name and in words; no value of a secret is repeated."""

import os
import tomllib
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from zoneinfo import ZoneInfo

from huiyin.kernel.unfit import Unfit

HOME = Path(os.environ.get("HUIYIN_HOME", "var/bank")).resolve()
ASKED: dict[str, tuple[Any, str]] = {}  # every setting there is: its value and where it came from
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})
OTHERS = frozenset({"home", "lang", "data", "shared_data", "chromium"})  # read elsewhere, and by the tests
SECRETS = ("secret", "password", "_url")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise Unfit(f"无法读取 {path}：{wrong}", f"{path} cannot be read: {wrong}") from None


_FILE = _read(HOME / "huiyin.toml")


def setting(name: str, default: Any) -> Any:
    """One setting in the default's type: environment HUIYIN_<NAME>, else huiyin.toml, else the default. Raises Unfit."""
    variable = f"HUIYIN_{name.upper()}"
    origin = variable if variable in os.environ else "huiyin.toml" if name in _FILE else "default"
    raw = os.environ.get(variable, _FILE.get(name, default))
    try:
        value = _typed(raw, default)
        SHAPES.get(name, _anything)(value)
    except (ValueError, KeyError, OSError):
        where = variable if origin == variable else f"{name} ({HOME / 'huiyin.toml'})"
        said = "" if any(word in name for word in SECRETS) else f" = {raw!r}"
        zh, en = MEANT.get(name) or MEANT[type(default).__name__]
        raise Unfit(
            f"设置 {where}{said} 无法使用：应为{zh}。", f"{where}{said} cannot be used: it must be {en}."
        ) from None
    ASKED[name] = (value, origin)
    return value


def unknown() -> list[str]:
    """Names that nobody reads: slips, mostly."""
    known = ASKED.keys() | OTHERS
    told = [name for name in os.environ if name.startswith("HUIYIN_") and name[7:].lower() not in known]
    return sorted([name for name in _FILE if name not in known] + told)


def _typed(raw: Any, default: Any) -> Any:
    if isinstance(default, bool):
        word = str(raw).strip().lower()
        if word not in YES | NO:
            raise ValueError(raw)
        return word in YES
    if isinstance(default, int):
        value = int(str(raw))
        if value < 0:
            raise ValueError(raw)
        return value
    if isinstance(default, list):
        parts = raw.split(",") if isinstance(raw, str) else raw
        if not isinstance(parts, list):
            raise ValueError(raw)
        return [part.strip() for part in map(str, parts) if part.strip()]
    if isinstance(raw, list | dict | bool):
        raise ValueError(raw)
    return str(raw)


def _anything(value: Any) -> None:
    return


def _postgres(value: str) -> None:
    parts = urlparse(value)
    if value and (parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/") or parts.port == 0):
        raise ValueError


def _http(value: str) -> None:
    parts = urlparse(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or value != value.strip():
        raise ValueError
    _port = parts.port  # raises ValueError


def _level(value: str) -> None:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        raise ValueError


def _instant(value: str) -> None:
    if value:
        datetime.fromisoformat(value)


def _hours(value: str) -> None:
    if value.strip():
        start, _dash, end = value.partition("-")
        time.fromisoformat(start.strip()), time.fromisoformat(end.strip())


SHAPES: dict[str, Callable[[Any], object]] = {
    "time_zone": ZoneInfo, "now": _instant, "log_level": _level, "quiet_hours": _hours, "base_url": _http,
    "database_url": _postgres,
}  # fmt: skip
MEANT = {
    "time_zone": ("时区名称，如 Asia/Shanghai", "the name of a time zone, such as Asia/Shanghai"),
    "now": ("时刻，如 2026-03-05T09:00+08:00；留空表示真实时间", "an instant such as 2026-03-05T09:00+08:00, or empty"),
    "log_level": ("DEBUG、INFO、WARNING、ERROR 或 CRITICAL", "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
    "quiet_hours": ("时段，如 22:00-07:00；留空表示没有", "hours such as 22:00-07:00, or empty"),
    "base_url": ("网址，如 https://bank.example", "an address such as https://bank.example"),
    "database_url": (
        "postgresql://用户:密码@主机:端口/库名；留空表示使用 SQLite",
        "postgresql://user:password@host:port/name, or empty for SQLite",
    ),
    "bool": (" true 或 false", "true or false"),
    "int": ("不小于 0 的整数", "a whole number from 0 on"),
    "list": ("列表，以逗号分隔", "a list, separated by commas"),
    "str": ("文字", "a text"),
}
