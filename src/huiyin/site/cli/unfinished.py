"""A home in which the demonstration bank is being made, or its making was interrupted."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from huiyin.kernel.lease import held
from huiyin.site.cli.house import stop
from huiyin.site.cli.words import t

UNFINISHED = "demo.unfinished"  # stands in a home while the demonstration bank is being made there
OURS, THEIRS = "", "there were other files here"
_BUSY = t("Another process is filling %s.", "另一个进程正在生成 %s 的数据。")


@contextmanager
def unfinished(home: Path) -> Iterator[None]:
    """Inside, the demonstration bank is being made: interrupted, it is not taken for a whole one the next time."""
    home.mkdir(parents=True, exist_ok=True, mode=0o750)
    mark = home / UNFINISHED
    mark.write_text(THEIRS if any(home.iterdir()) else OURS, "utf-8")
    with held(mark) as alone:
        if not alone:
            stop(_BUSY % home, 1)
        yield
    mark.unlink()


def refuse_unfinished(home: Path) -> None:
    """Half a bank is not served."""
    if (home / UNFINISHED).exists():
        stop(
            t(
                f"{home} is being filled, or filling it was interrupted. Run `huiyin demo` there first.",
                f"{home} 的数据正在生成，或生成曾被中断。请先在该目录运行 huiyin demo。",
            ),
            1,
        )


def clear_unfinished(home: Path) -> None:
    """Remove what an interrupted making left behind, where all of it is ours; else say what to do."""
    mark = home / UNFINISHED
    if not mark.exists():
        return
    with held(mark) as alone:
        if not alone:
            stop(_BUSY % home, 1)
    if mark.read_text("utf-8") == THEIRS or os.environ.get("HUIYIN_DATABASE_URL"):
        stop(
            t(
                f"Filling {home} was interrupted. Empty it, and its database, and run the command again.",
                f"{home} 的数据生成曾被中断。请清空该目录及其数据库后重新运行。",
            ),
            1,
        )
    click.echo(t(f"Filling {home} was interrupted; it is made anew.", f"{home} 的数据生成曾被中断，现重新生成。"))
    for made in home.iterdir():
        if made.is_dir() and not made.is_symlink():
            shutil.rmtree(made)
        elif made != mark:
            made.unlink()
    mark.unlink()
