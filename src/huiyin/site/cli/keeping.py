"""Backup, restore, drill, rebuild."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from huiyin.site.cli.house import exists, open_house, stop
from huiyin.site.cli.words import LANGUAGE, t


@click.command(
    "backup",
    help=t(
        "Copy a home while it runs, into one .tar file (default: HOME/backups).",
        "在运行中把数据目录备份为一个 .tar 文件（默认 HOME/backups）。",
    ),
)
@click.argument("target", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-keys", is_flag=True, help=t("Put the keys in too; then keep it as secret as the home.", "包含密钥；此备份须与数据目录同等保密。"))  # fmt: skip
def backup_(target: Path | None, with_keys: bool) -> None:
    open_house()
    from huiyin.site.keep import backup as keep
    from huiyin.site.now import now

    at = now()
    target = target or keep.default_target(at)
    manifest = keep.backup(target=target, with_keys=with_keys, at=at)
    size = target.stat().st_size / 1e6
    rows = sum(manifest.counts.values())
    click.echo(
        t(
            f"{target}: {size:.1f} MB, {rows:,} rows, {len(manifest.members)} parts.",
            f"{target}：{size:.1f} MB，{rows:,} 行，{len(manifest.members)} 个部分。",
        )
    )
    if not with_keys:
        click.echo(
            t(
                "The keys are not in it: keep a copy of HOME/keys elsewhere.",
                "备份不含密钥：请另处保存 HOME/keys 的副本。",
            )
        )


@click.command("restore", help=t("Put a backup into an empty home and verify it.", "把备份恢复到空目录并核验。"))
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help=t("Directory of the keys, if they are not in the backup.", "备份不含密钥时，密钥所在目录。"),
)
@click.option("--json", "as_json", is_flag=True, help=t("Print the report as JSON.", "以 JSON 输出报告。"))  # fmt: skip
def restore_(archive: Path, keys: Path | None, as_json: bool) -> None:
    home = Path(os.environ.setdefault("HUIYIN_HOME", "var/bank")).resolve()
    if exists(home):
        stop(t(f"{home} already holds an institution.", f"{home} 已有机构。"))
    from huiyin.site.keep.archive import Unreadable

    try:
        report = _restore(archive.resolve(), home, keys)
    except Unreadable as refusal:
        if not as_json:
            stop(refusal.words.word(LANGUAGE), 1)
        report = {"problems": [refusal.words.word(LANGUAGE)]}
    if as_json:
        click.echo(json.dumps(report))
    else:
        _tell(report, home)
    sys.exit(1 if report["problems"] else 0)


def _restore(archive: Path, home: Path, keys: Path | None) -> dict[str, Any]:
    """Unpack first: the settings, and with them Django, are read from the home."""
    from huiyin.site.keep.unpacking import lay_out

    manifest = lay_out(archive, home, keys)
    open_house()
    from huiyin.site.keep import restore

    try:
        restore.load(manifest)
    except Exception:
        shutil.rmtree(home)  # a home without its database is none: the next try begins as this one did
        raise
    return restore.compare(manifest, with_keys=manifest.with_keys or keys is not None).plain()


def _tell(report: dict[str, Any], home: Path) -> None:
    click.echo(
        t(
            f"Restored into {home} from {report['made_at']}: {report['rows']:,} rows, {report['entries']:,} ledger entries.",
            f"已恢复到 {home}（备份时间 {report['made_at']}）：{report['rows']:,} 行，{report['entries']:,} 条账本记录。",
        )
    )
    if not report["with_keys"]:
        click.echo(
            t(
                "Without its keys, names and texts stay unreadable: --keys DIR.",
                "缺少密钥，姓名与内容无法读取：--keys 目录。",
            )
        )
    for problem in report["problems"]:
        click.echo(f"✕ {problem}", err=True)
    if not report["problems"]:
        click.echo(t("✓ It is what was copied.", "✓ 与备份时一致。"))


@click.command("drill", help=t("Backup, restore into a scratch home, compare, and record the result.", "备份、恢复到临时目录、比对并记录结果。"))  # fmt: skip
def drill_() -> None:
    open_house()
    from huiyin.site.keep.drill import drill
    from huiyin.site.now import now

    held = drill(at=now())
    for problem in held.report["problems"]:
        click.echo(f"✕ {problem}", err=True)
    if held.passed:
        rows, entries = held.report["rows"], held.report["entries"]
        click.echo(
            t(
                f"✓ Restored and verified in {held.seconds} s: {rows:,} rows, {entries:,} ledger entries.",
                f"✓ {held.seconds} 秒内恢复并核验：{rows:,} 行，{entries:,} 条账本记录。",
            )
        )
    sys.exit(0 if held.passed else 1)


@click.group("rebuild", help=t("Rebuild derived data from the ledger.", "由账本重建派生数据。"))
def rebuild_() -> None:
    pass


@rebuild_.command("columns", help=t("Copy the whole ledger into columns again.", "重新把账本全部复制为列存。"))
def columns() -> None:
    open_house()
    from tqdm import tqdm

    from huiyin.kernel.actor import machine
    from huiyin.measure.history import actions as history
    from huiyin.site.now import now

    with tqdm(unit=" entries", disable=not sys.stderr.isatty()) as bar:
        history.rebuild(by=machine("rebuild"), at=now(), progress=lambda done: _show(bar, done))
    click.echo(t("The columns are rebuilt.", "列存已重建。"))


def _show(bar: Any, done: int) -> None:
    bar.update(done - bar.n)
