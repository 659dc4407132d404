"""Opening the house for a command: home, settings, Django, the language."""

import os
import sys
from pathlib import Path

import click

from huiyin.site.cli.words import LANGUAGE, t


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
