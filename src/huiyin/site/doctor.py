"""`huiyin doctor`: is this machine fit, and what is to be done. Each finding says so in both languages."""

import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.timezone import get_default_timezone

from huiyin.bank.standards import queries as standards
from huiyin.kernel.label import Label
from huiyin.ledger import queries as ledger
from huiyin.listen.channels import queries as channels
from huiyin.site import given, health, ticker

Level = Literal["ok", "warn", "bad"]
GIB = 1 << 30


@dataclass(frozen=True)
class Finding:
    level: Level
    subject: Label
    words: Label


def _finding(level: Level, code: str, zh_subject: str, en_subject: str, zh: str, en: str) -> Finding:
    return Finding(level, Label(code, zh_subject, en_subject), Label(code, zh, en))


def examine(at: datetime) -> Iterator[Finding]:
    """Every finding in order. A check that cannot even run is a finding itself."""
    for check in CHECKS:
        try:
            yield from check(at)
        except Exception as error:
            code = check.__name__.lstrip("_")
            words = f"{type(error).__name__}: {error}"
            yield _finding("bad", code, code, code, f"检查无法进行：{words}", f"could not be checked: {words}")


def _python(at: datetime) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = (3, 11) <= sys.version_info < (3, 14)
    yield _finding(
        "ok" if fine else "bad", "python", "Python", "Python", version if fine else f"{version}：需要 3.11 至 3.13",
        version if fine else f"{version}: 3.11 to 3.13 is needed",
    )  # fmt: skip


def _home(at: datetime) -> Iterator[Finding]:
    home = settings.HUIYIN_HOME
    if not os.access(home, os.W_OK):
        yield _finding("bad", "home", "数据目录", "Home", f"{home} 不可写", f"{home} cannot be written")
        return
    free = shutil.disk_usage(home).free
    level: Level = "bad" if free < GIB // 4 else "warn" if free < 5 * GIB else "ok"
    yield _finding(
        level, "disk", "磁盘", "Disk", f"{home} 剩余 {free / GIB:.1f} GB" + ("，请尽快清理或扩容" if level != "ok" else ""),
        f"{free / GIB:.1f} GB free at {home}" + ("; make room soon" if level != "ok" else ""),
    )  # fmt: skip


def _database(at: datetime) -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        yield from _sqlite()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), current_setting('data_checksums'), now()")
            version, checksums, there = cursor.fetchone()
        old = int(version.split(".")[0]) < 15
        yield _finding(
            "bad" if old else "ok", "database", "数据库", "Database",
            f"PostgreSQL {version}" + ("，需要 15 或更新" if old else ""),
            f"PostgreSQL {version}" + ("; 15 or newer is needed" if old else ""),
        )  # fmt: skip
        if checksums != "on":
            yield _finding(
                "warn", "checksums", "数据校验和", "Data checksums", "未开启：停机后运行 pg_checksums --enable",
                "off: stop the server and run pg_checksums --enable",
            )  # fmt: skip
        skew = abs((datetime.now(UTC) - there).total_seconds())
        yield _skew(skew)


def _skew(seconds: float) -> Finding:
    late = seconds > 2
    return _finding(
        "bad" if late else "ok", "skew", "时钟偏差", "Clock skew",
        f"本机与数据库相差 {seconds:.1f} 秒" + ("，请用 NTP 校时" if late else ""),
        f"{seconds:.1f} s between this machine and the database" + ("; set both by NTP" if late else ""),
    )  # fmt: skip


def _sqlite() -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
        automatic = cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
    if sqlite3.sqlite_version_info >= (3, 51, 3):
        zh, en = "WAL，自动检查点", "WAL with automatic checkpoints"
    elif automatic == 0:
        zh = "WAL，自动检查点已关闭（早于 3.51.3 的版本有罕见的 WAL 重置竞争），由定时器持写锁归并"
        en = (
            "WAL with automatic checkpoints off (before 3.51.3 there is a rare WAL-reset race); "
            "the tick folds the log in, holding the write lock"
        )
    else:
        zh, en = "WAL 且自动检查点开启：此版本有损坏风险", "WAL with automatic checkpoints: this version may corrupt"
    fine = mode == "wal" and synchronous == 2 and not (automatic and sqlite3.sqlite_version_info < (3, 51, 3))
    yield _finding("ok" if fine else "bad", "database", "数据库", "Database", f"SQLite {version}：{zh}", f"SQLite {version}: {en}")  # fmt: skip
    name = Path(str(settings.DATABASES["default"]["NAME"]))
    log = name.with_name(name.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > 256 << 20:
        yield _finding(
            "warn", "wal", "预写日志", "Write-ahead log", f"{size >> 20} MB：定时器是否在运行？",
            f"{size >> 20} MB: is the tick running?",
        )  # fmt: skip


def _migrations(at: datetime) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    yield _finding(
        "bad" if waiting else "ok", "tables", "数据表", "Tables",
        f"有 {waiting} 项升级未执行：先备份，再运行 huiyin init" if waiting else "已是最新",
        f"{waiting} migrations wait: make a backup, then run huiyin init" if waiting else "up to date",
    )  # fmt: skip


def _clock(at: datetime) -> Iterator[Finding]:
    """What this machine takes for the time. Nothing on record can lie ahead of it, unless it was set back."""
    shown = at.astimezone(get_default_timezone()).isoformat(sep=" ", timespec="seconds")
    newest = ledger.newest_recorded()
    ahead = (newest - at).total_seconds() if newest else 0
    level: Level = "bad" if ahead > 2 else "ok"
    zh, en = f"{shown}（{settings.TIME_ZONE}）", f"{shown} ({settings.TIME_ZONE})"
    if ahead > 2:
        zh += f"，比账本最新记录慢 {ahead:.0f} 秒：请用 NTP 校时"
        en += f", {ahead:.0f} s behind the newest entry of the ledger: set it by NTP"
    yield _finding(level, "clock", "时钟", "Clock", zh, en)


def _calendars(at: datetime) -> Iterator[Finding]:
    """Calendars that run out on the same day are one finding."""
    ends: dict[date, list[str]] = {}
    for known in standards.coverage():
        if known.coverage_to is not None:  # else 24 hours a day, every day: nothing to run out
            ends.setdefault(known.coverage_to, []).append(known.code)
    for until, codes in sorted(ends.items()):
        days = (until - at.date()).days
        level: Level = "ok" if days > 60 else "warn" if days > 0 else "bad"
        more = level != "ok"
        yield _finding(
            level, "calendar", "日历", "Calendars",
            f"{'、'.join(codes)} 覆盖至 {until}" + ("：放假安排公布后请升级本产品；此后到期的时限在那之前标为暂定" if more else ""),
            f"{', '.join(codes)} known until {until}"
            + (": update the product once later holidays are announced; limits beyond are provisional till then" if more else ""),
        )  # fmt: skip


def _keys(at: datetime) -> Iterator[Finding]:
    folder = settings.HUIYIN_HOME / "keys"
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
    loose = [
        path.name for path in files if path.suffix != ".vkeys" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if not files:
        yield _finding(
            "warn", "keys", "密钥", "Keys", "尚未生成（首次使用时生成）", "not made yet (made when first needed)"
        )
    elif loose:
        yield _finding(
            "bad", "keys", "密钥", "Keys", f"他人可读：chmod 600 {folder}/* （{', '.join(loose)}）",
            f"readable by others: chmod 600 {folder}/* ({', '.join(loose)})",
        )  # fmt: skip
    else:
        yield _finding(
            "ok", "keys", "密钥", "Keys", f"{len(files)} 个，仅本用户可读；请与备份分开保存",
            f"{len(files)}, readable by this user only; keep a copy apart from the backups",
        )  # fmt: skip


def _fonts(at: datetime) -> Iterator[Finding]:
    found = ""
    if shutil.which("fc-list"):
        found = subprocess.run(
            ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    name = found.splitlines()[0].split(",")[0] if found else ""
    yield _finding(
        "ok" if name else "warn", "fonts", "打印字体", "Fonts for print",
        name or "没有中文字体：安装 fonts-noto-cjk 后打印与 PDF 才能显示汉字",
        name or "no Chinese font: install fonts-noto-cjk so that print and PDF show Chinese",
    )  # fmt: skip


def _assets(at: datetime) -> Iterator[Finding]:
    fine = (settings.HUIYIN_ASSETS / "static" / "vendor" / "bootstrap.min.css").exists()
    yield _finding(
        "ok" if fine else "bad", "assets", "页面资源", "Page assets", "已就绪" if fine else "缺失：运行 make setup",
        "ready" if fine else "missing: run make setup",
    )  # fmt: skip


def _tick(at: datetime) -> Iterator[Finding]:
    age = health.heartbeat_age(at)
    if age is None or age > health.LATE_SECONDS:
        zh = "从未运行" if age is None else f"已停 {age} 秒"
        en = "has never run" if age is None else f"silent for {age} s"
        yield _finding("warn", "tick", "定时器", "Tick", f"{zh}：运行 huiyin serve", f"{en}: run huiyin serve")
    else:
        yield _finding("ok", "tick", "定时器", "Tick", f"{age} 秒前运行过", f"ran {age} s ago")
    for name, told in ticker.read_record().items():
        if told.get("failures"):
            yield _finding(
                "bad", "step", f"定时步骤 {name}", f"Step {name}",
                f"连续失败 {told['failures']} 次（{told['failure']}），详见日志",
                f"failed {told['failures']} times in a row ({told['failure']}); see the log",
            )  # fmt: skip


def _flags(at: datetime) -> Iterator[Finding]:
    for name, on in (("debug", settings.DEBUG), ("now", bool(settings.HUIYIN_NOW))):
        if on:
            yield _finding(
                "warn", name, "设置", "Setting", f"HUIYIN_{name.upper()} 已开启：仅供测试与演练",
                f"HUIYIN_{name.upper()} is on: for tests and rehearsals only",
            )  # fmt: skip
    for name in given.unknown():
        yield _finding(
            "warn", "unknown", "设置", "Setting", f"没有名为 {name} 的设置：是否拼写有误？",
            f"there is no setting called {name}: a slip of the pen?",
        )  # fmt: skip
    if settings.HUIYIN_DEMO:
        yield _finding(
            "ok", "demo", "设置", "Setting", "演示模式：登录不要求第二因素", "demo mode: sign-in asks no second factor"
        )
    elif not settings.HUIYIN_MFA_REQUIRED:
        yield _finding("bad", "mfa", "设置", "Setting", "未要求第二因素登录", "sign-in asks no second factor")


def _deployment(at: datetime) -> Iterator[Finding]:
    """Django's own deployment checks, once the address is public; plain http is for one machine only."""
    if not settings.HUIYIN_BASE_URL.startswith("https://"):
        host = settings.HUIYIN_BASE_URL.split("//")[-1].split(":")[0]
        local = host in ("localhost", "127.0.0.1", "[", socket.gethostname())
        yield _finding(
            "ok" if local else "bad", "address", "网址", "Address",
            f"{settings.HUIYIN_BASE_URL}（仅限本机）" if local else f"{settings.HUIYIN_BASE_URL} 不是 https",
            f"{settings.HUIYIN_BASE_URL} (this machine only)" if local else f"{settings.HUIYIN_BASE_URL} is not https",
        )  # fmt: skip
        return
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    for message in found:
        yield _finding("bad", str(message.id), "部署检查", "Deployment", str(message.msg), str(message.msg))
    if not found:
        yield _finding("ok", "deployment", "部署检查", "Deployment", "通过", "clean")


def _backups(at: datetime) -> Iterator[Finding]:
    from huiyin.site.keep.drill import last_drill

    last = last_drill()
    if last is None:
        yield _finding(
            "warn", "drill", "恢复演练", "Restore drill", "从未演练：运行 huiyin drill", "never held: run huiyin drill"
        )
        return
    days = (at - last.at).days
    level: Level = "bad" if not last.passed else "warn" if days > 31 else "ok"
    yield _finding(
        level, "drill", "恢复演练", "Restore drill",
        f"{days} 天前，{'通过' if last.passed else '未通过'}" + ("：请再次运行 huiyin drill" if level != "ok" else ""),
        f"{days} days ago, {'passed' if last.passed else 'failed'}" + (": run huiyin drill" if level != "ok" else ""),
    )  # fmt: skip


def _channels(at: datetime) -> Iterator[Finding]:
    """Every way in: can it be reached, does anything wait for a person, does every count balance?"""
    for row in channels.channels():
        if not row.enabled:
            continue
        subject = (f"渠道 {row.name}", f"Channel {row.en}")
        counts = channels.total(channels.days(row.id, at - timedelta(days=30)))
        waits = counts.waiting
        if row.why:
            why = channels.unreachable(row.why)
            zh, en, level = why.zh, why.en, "bad"
        elif counts.drift:
            zh, en, level = f"收支差 {counts.drift} 件", f"off by {counts.drift} items", "bad"
        elif waits:
            zh, en, level = f"{waits} 件等待人工处理", f"{waits} items wait for a person", "warn"
        else:
            zh, en, level = (
                f"30 天内 {counts.fetched} 件，账目相符",
                f"{counts.fetched} items in 30 days, balanced",
                "ok",
            )
        yield _finding(level, "channel", *subject, zh, en)  # type: ignore[arg-type]


CHECKS: tuple[Callable[[datetime], Iterator[Finding]], ...] = (
    _python, _home, _database, _migrations, _clock, _keys, _calendars, _tick, _assets, _fonts, _flags, _channels, _deployment, _backups,
)  # fmt: skip
