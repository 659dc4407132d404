"""Asking: doctor, verify, clock check, alerts over the past, reactions."""

import json
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from huiyin.site.cli.house import Day, exists, open_house, stop
from huiyin.site.cli.words import LANGUAGE, t


@click.command(
    "doctor",
    help=t(
        "Check this machine and say what to do. 1 if something must be done.",
        "检查本机并说明如何处理；有必须处理的问题时退出码为 1。",
    ),
)
@click.option("--json", "as_json", is_flag=True, help=t("Print as JSON.", "以 JSON 输出。"))  # fmt: skip
def doctor_(as_json: bool) -> None:
    open_house()
    from huiyin.site.doctor import examine
    from huiyin.site.now import now

    found = list(examine(now()))
    if as_json:
        click.echo(
            json.dumps(
                [
                    {"level": f.level, "subject": f.subject.word(LANGUAGE), "words": f.words.word(LANGUAGE)}
                    for f in found
                ],
                ensure_ascii=False,
            )
        )
    else:
        for finding in found:
            mark = {"ok": "✓", "warn": "△", "bad": "✕"}[finding.level]
            click.echo(f"{mark} {finding.subject.word(LANGUAGE)}: {finding.words.word(LANGUAGE)}")
    sys.exit(1 if any(finding.level == "bad" for finding in found) else 0)


@click.command(
    "verify",
    help=t(
        "Verify the whole ledger (--ledger), or receipts and proofs offline with the public key alone. 1 if something is wrong.",
        "核验整个账本（--ledger），或仅凭公钥离线核验回执与证明。有问题时退出码为 1。",
    ),
)
@click.argument("receipts", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--ledger", is_flag=True, help=t("Check every entry of this home.", "检查本机账本的每一条记录。"))
@click.option(
    "--against",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=t("A checkpoint, receipt or proof that somebody kept.", "他人保存的检查点、回执或证明。"),
)
@click.option("--key", "keys", multiple=True, help=t("Public key, or a file with it (from /ledger/key).", "公钥或公钥文件（来自 /ledger/key）。"))  # fmt: skip
def verify_(receipts: tuple[Path, ...], ledger: bool, against: tuple[Path, ...], keys: tuple[str, ...]) -> None:
    if ledger == bool(receipts):
        stop(t("Say --ledger, or name the receipts to verify.", "请使用 --ledger，或给出要核验的回执文件。"))
    sound = _verify_ledger(against) if ledger else _verify_receipts(receipts, against, keys)
    sys.exit(0 if sound else 1)


def _verify_ledger(against: tuple[Path, ...]) -> bool:
    open_house()
    from tqdm import tqdm

    from huiyin.ledger.queries import verify_ledger

    with tqdm(unit=" entries", disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        report = verify_ledger(progress=progress, against=list(against))
    click.echo(report.text(LANGUAGE))
    return bool(report.ok)


def _verify_receipts(receipts: tuple[Path, ...], against: tuple[Path, ...], given: tuple[str, ...]) -> bool:
    """Needs neither database nor network. Without --key, the key of this machine's home is used, and that is said."""
    from huiyin.ledger.rules.receipts import verify_receipt

    keys = [_key(key) for key in given] or _own_keys()
    anchors = [path.read_text("utf-8", errors="replace") for path in against]
    sound = True
    for receipt in receipts:
        report = verify_receipt(receipt.read_text("utf-8", errors="replace"), keys, anchors)
        click.echo(f"{receipt.name}\n{report.text(LANGUAGE)}")
        if report.ok:
            click.echo(_entry(report.body))
        sound = sound and report.ok
    return sound


def _entry(body: dict[str, Any]) -> str:
    """What was registered, so that it can be compared with the letter at hand."""
    from huiyin.ledger.rules.receipts import registered_at

    payload = body.get("payload")
    number = payload.get("number") if isinstance(payload, dict) else None
    what = " · ".join(str(part) for part in (number, body.get("type"), body.get("stream")) if part)
    at = registered_at(body).isoformat(timespec="seconds").replace("+00:00", "Z")
    return t(f"· Registered {at}: {what}", f"· 登记于 {at}：{what}")


def _key(given: str) -> str:
    """A public key as it is, or the file that holds it."""
    from huiyin.ledger.rules.receipts import keys_in

    keys = keys_in(given)
    if not keys:
        with suppress(OSError, UnicodeDecodeError):
            keys = keys_in(Path(given).read_text("utf-8"))
    if not keys:
        stop(
            t(
                f"--key {given} is neither a public key (name+id+key) nor a file with one. It stands at /ledger/key.",
                f"--key {given} 既不是公钥（名称+编号+密钥），也不是公钥文件。公钥见 /ledger/key。",
            )
        )
    return "\n".join(keys)


def _own_keys() -> list[str]:
    import os

    home = Path(os.environ.get("HUIYIN_HOME", "var/bank"))
    if not exists(home):
        stop(t("Give the public key: --key FILE (from /ledger/key).", "请给出公钥：--key 文件（来自 /ledger/key）。"))
    open_house()
    from huiyin.ledger.queries import vkeys

    click.echo(t("With the key of this home.", "使用本机的公钥。"))
    return vkeys()


@click.group("clock", help=t("Deadlines by the rules.", "按规则推算时限。"))
def clock_() -> None:
    pass


@clock_.command(
    "check",
    help=t(
        "One JSON line per question in FILE (- for standard input), one JSON line per answer.",
        "文件每行一个 JSON 问题（- 为标准输入），每行输出一个 JSON 答案。",
    ),
)
@click.option("--explain", is_flag=True, help=t("Also the account day by day.", "同时给出逐日说明。"))
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))  # fmt: skip
def check(file: Any, explain: bool) -> None:
    open_house(ready=False)
    from huiyin.bank.clocks.queries import check_lines

    failed = False
    lines: list[str] = []
    at_once = 1 if getattr(file, "name", "") == "<stdin>" else 500  # whoever asks line by line waits for each answer
    for answer in check_lines(file, explain=explain):
        failed = failed or "error" in answer
        lines.append(json.dumps(answer, ensure_ascii=False))
        if len(lines) >= at_once:
            click.echo("\n".join(lines))
            lines.clear()
    if lines:
        click.echo("\n".join(lines))
    sys.exit(1 if failed else 0)


@clock_.command(
    "recompute",
    help=t(
        "Recompute every clock of this home from the ledger and compare it with its row. 1 if any differs.",
        "由账本重新推算本机的全部时限并与数据表逐项比对；有差异时退出码为 1。",
    ),
)
@click.option("--repair", is_flag=True, help=t("Rewrite what differs from the ledger.", "按账本改正有差异的记录。"))
@click.option("--workers", type=click.IntRange(1, 64), help=t("Processes (default: one per core).", "进程数（默认每核一个）。"))  # fmt: skip
def recompute(repair: bool, workers: int | None) -> None:
    open_house()
    from tqdm import tqdm

    from huiyin.bank.clocks import actions as clocks

    with tqdm(disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        found = clocks.recompute(workers=workers, repair=repair, progress=progress)
    click.echo(
        t(
            f"{found.clocks} clocks compared with {found.entries} ledger entries in {found.seconds:.1f} s.",
            f"已将 {found.clocks} 个时限与 {found.entries} 条账本记录比对，用时 {found.seconds:.1f} 秒。",
        )
    )
    if not found.differences:
        click.echo(t("All are equal, bit for bit.", "全部一致，逐位相同。"))
        return
    first = found.differences[0]
    click.echo(
        t(
            f"{len(found.differences)} differences{' put right' if repair else ''}. The first: clock {first.clock},"
            f" {first.column}: row {first.stored}, ledger {first.replayed}",
            f"共 {len(found.differences)} 处差异{'，已改正' if repair else ''}。第一处：时限 {first.clock}，"
            f"{first.column}：数据表 {first.stored}，账本 {first.replayed}",
        )
    )
    sys.exit(1)


@click.command(
    "alerts",
    help=t(
        "Run the alert rules over past data. 1 if something was found.", "对历史数据运行预警规则；有发现时退出码为 1。"
    ),
)
@click.option(
    "--from", "from_day", type=Day(), required=True, help=t("First day, YYYY-MM-DD.", "开始日期，YYYY-MM-DD。")
)
@click.option("--to", "to_day", type=Day(), required=True, help=t("Last day, YYYY-MM-DD.", "结束日期，YYYY-MM-DD。"))
@click.option("--json", "as_json", is_flag=True, help=t("One JSON object per line.", "每行一个 JSON 对象。"))  # fmt: skip
def alerts_(from_day: datetime, to_day: datetime, as_json: bool) -> None:
    if to_day < from_day:
        stop(t("--to is before --from.", "--to 早于 --from。"))
    open_house()
    from tqdm import tqdm

    from huiyin.kernel.actor import machine
    from huiyin.ledger import actions as ledger
    from huiyin.measure.alerts.queries import scan
    from huiyin.measure.history import actions as history
    from huiyin.site.now import now

    ledger.seal_all(at=now())  # what was written a moment ago is part of the past, whether or not a tick has run
    history.copy(by=machine("alerts"), at=now())
    found = 0
    with tqdm(disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        for finding in scan(from_day.date(), to_day.date(), progress):
            found += 1
            click.echo(json.dumps(finding, ensure_ascii=False, default=str) if as_json else _line(finding))
    if not as_json:
        click.echo(t(f"{found} found.", f"共发现 {found} 项。"))
    sys.exit(1 if found else 0)


def _line(finding: dict[str, Any]) -> str:
    observed, expected = finding["observed"], finding["expected"]
    cell = finding["cell"]
    place = " · ".join(str(part) for part in (cell.values() if isinstance(cell, dict) else [cell]) if part)
    return t(
        f"{finding['since']}  {finding['indicator']}  {place}: {observed} seen, {expected:.1f} expected (p = {finding['p']:.2g})",
        f"{finding['since']}  {finding['indicator']}  {place}：实际 {observed}，预期 {expected:.1f}（p = {finding['p']:.2g}）",
    )


@click.command("reactions", help=t("List which fact makes which room act.", "列出各类事实触发的动作。"))
def reactions_() -> None:
    open_house(ready=False)
    from huiyin.ledger.news import REACTIONS

    for fact, heard in sorted(REACTIONS.items(), key=lambda item: item[0].type):
        for reaction in heard:
            room = reaction.one.__module__.removeprefix("huiyin.").removesuffix(".reactions").replace(".", "/")
            click.echo(f"{fact.type:<28} {room:<24} {reaction.one.__name__}")
