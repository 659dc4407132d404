"""Opening the house for a command: home, settings, Django, the language."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from huiyin.site.cli.words import LANGUAGE, t


class Day(click.ParamType):
    """A day that a bank can mean, at its midnight; year 1 and year 9999 are slips and run over when a zone is applied."""

    name = "day"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            found = datetime.strptime(value, "%Y-%m-%d")
        except ValueError:
            found = None
        if found is None or not 1900 <= found.year <= 2200:
            self.fail(
                t(f"{value} is not a day such as 2026-03-05.", f"{value} 不是日期，应如 2026-03-05。"), param, ctx
            )
        return found


def open_house(*, default_home: str = "var/bank", ready: bool = True) -> Path:
    """Load Django on the chosen home. With `ready`, stop with a clear line if the home has not been made yet."""
    home = Path(os.environ.setdefault("HUIYIN_HOME", default_home)).resolve()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
    if ready and not exists(home):
        stop(
            t(
                f"There is no institution in {home}. Run `huiyin init` first.",
                f"{home} 中还没有机构。请先运行 huiyin init。",
            )
        )
    import django
    from django.utils import translation

    django.setup()
    translation.activate("zh-hans" if LANGUAGE == "zh" else "en")
    return home


def exists(home: Path) -> bool:
    """A home has been made by `init`, `demo` or `restore`."""
    return (home / "huiyin.toml").exists()


def stop(words: str, code: int = 2) -> None:
    click.echo(words, err=True)
    sys.exit(code)


def make_home(*, demo: bool = False, name: str = "", name_en: str = "", hotline: str = "") -> bool:
    """Directories, configuration, tables and keys. Safe to repeat: an existing home is only brought up to date."""
    home = Path(os.environ["HUIYIN_HOME"]).resolve()
    fresh = not exists(home)
    if fresh:
        _furnish(home, _configuration(demo=demo, name=name, name_en=name_en, hotline=hotline))
    try:
        open_house()
        from django.core.management import call_command

        from huiyin.site.fresh import make_tables

        if not make_tables():
            call_command("migrate", verbosity=0, interactive=False)
    except Exception:
        if fresh:  # without tables it is no home: the next try begins as this one did
            (home / "huiyin.toml").unlink()
        raise
    return fresh


def _furnish(home: Path, configuration: str) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o750)
        (home / "keys").mkdir(exist_ok=True, mode=0o700)
        (home / "huiyin.toml").write_text(configuration, "utf-8")
    except OSError as wrong:
        stop(
            t(
                f"{home} cannot be made a home: {wrong.strerror}. Choose another --home.",
                f"无法在 {home} 建立数据目录：{wrong.strerror}。请另选 --home 目录。",
            )
        )


def _configuration(*, demo: bool, name: str, name_en: str, hotline: str) -> str:
    import tomli_w

    values: dict[str, object] = {"bank_name": name, "bank_name_en": name_en, "hotline": hotline}
    if demo:
        values["demo"] = True
    known = {key: value for key, value in values.items() if value != ""}
    return "# Settings of this institution; every name is explained in docs/settings.md.\n" + tomli_w.dumps(known)
