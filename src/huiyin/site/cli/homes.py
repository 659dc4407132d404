"""Making homes: an empty institution, the demonstration bank, an administrator."""

import os
import secrets
import sys
from pathlib import Path

import click

from huiyin.site.cli.house import Day, exists, make_home, open_house, stop
from huiyin.site.cli.unfinished import clear_unfinished, unfinished
from huiyin.site.cli.words import t


@click.command(
    "init",
    help=t(
        "Make an empty institution in the home, or bring an existing one up to date.",
        "在数据目录中建立空机构，或升级已有机构。",
    ),
)
@click.option("--name", default="", help=t("Name of the institution, in Chinese.", "机构名称。"))
@click.option("--name-en", default="", help=t("Name of the institution, in English.", "机构英文名称。"))
@click.option("--hotline", default="", help=t("Customer hotline shown on every page.", "每页显示的客服热线。"))
@click.option("--yes", is_flag=True, help=t("Ask nothing.", "不再询问。"))  # fmt: skip
def init_(name: str, name_en: str, hotline: str, yes: bool) -> None:
    home = Path(os.environ.setdefault("HUIYIN_HOME", "var/bank")).resolve()
    if not exists(home) and not yes and not name and sys.stdin.isatty():
        name = click.prompt(t("Name of the institution", "机构名称"), default="")
    fresh = make_home(name=name, name_en=name_en, hotline=hotline)
    if fresh and name:
        from huiyin.site.first_run import open_head_office

        open_head_office(bank=name, bank_en=name_en)
    click.echo(
        t(f"Made an empty institution in {home}.", f"已在 {home} 建立空机构。")
        if fresh
        else t(f"{home} is up to date.", f"{home} 已是最新。")
    )
    if fresh:
        click.echo(t("Next: huiyin serve, then open /first-run/.", "下一步：运行 huiyin serve，然后打开 /first-run/。"))


@click.command(
    "demo",
    help=t(
        "Fill a home with the demonstration bank (default var/demo) and start it.",
        "生成演示银行（默认 var/demo）并启动。",
    ),
)
@click.option("--no-serve", is_flag=True, help=t("Only fill, do not start.", "只生成数据，不启动。"))
@click.option(
    "--seed",
    default=20260101,
    show_default=True,
    help=t("Equal seed and as-of give an equal bank.", "种子与截止日相同，生成的数据即相同。"),
)
@click.option(
    "--as-of",
    type=Day(),
    help=t("Last day of the history (default: yesterday).", "历史数据的最后一天（默认昨天）。"),
)
@click.option("--small", is_flag=True, help=t("A much smaller bank, for a quick look.", "小规模数据，快速体验。"))
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)  # fmt: skip
def demo_(no_serve: bool, seed: int, as_of: object, small: bool, port: int) -> None:
    from huiyin.site.cli import serving

    home = Path(os.environ.setdefault("HUIYIN_HOME", "var/demo")).resolve()
    os.environ.setdefault(
        "HUIYIN_SERVED_AT", serving.address("127.0.0.1", port)
    )  # the links in the letters it fills in
    clear_unfinished(home)
    if exists(home):
        if no_serve:
            stop(
                t(
                    f"{home} already holds an institution; choose another --home.",
                    f"{home} 已有机构，请另选 --home 目录。",
                )
            )
        click.echo(t(f"{home} is filled already; starting it.", f"{home} 已有演示数据，直接启动。"))
        serving.serve(host="127.0.0.1", port=port, workers=0)
        return
    with unfinished(home):
        make_home(demo=True, name="青禾银行", name_en="Qinghe Bank", hotline="4000-955-000")
        from huiyin.site.demo import fill

        fill(seed=seed, as_of=as_of.date() if as_of else None, small=small)  # type: ignore[attr-defined]
    if no_serve:
        click.echo(t(f"Next: huiyin --home {home} serve", f"下一步：huiyin --home {home} serve"))
    else:
        serving.serve(host="127.0.0.1", port=port, workers=0)


@click.command(
    "createadmin",
    help=t(
        "Create an administrator. The password is asked for, or made and shown once.",
        "创建管理员。密码当场输入，或自动生成并只显示一次。",
    ),
)
@click.argument("username")
@click.option("--password", default="", help=t("Better left out: it is asked for.", "建议不填，届时会询问。"))  # fmt: skip
def createadmin_(username: str, password: str) -> None:
    open_house()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from huiyin.kernel.refusal import Refusal
    from huiyin.site.first_run import create_administrator, open_head_office

    made = ""
    if not password:
        if sys.stdin.isatty():
            password = click.prompt(t("Password", "密码"), hide_input=True, confirmation_prompt=True)
        else:
            made = password = secrets.token_urlsafe(15)
    try:
        get_user_model()._meta.get_field("username").clean(username, None)
        validate_password(password)
        open_head_office()  # whoever begins here never sees the first-run page, which opens it otherwise
        create_administrator(username=username, password=password)
    except ValidationError as error:
        stop(" ".join(error.messages))
    except Refusal as refusal:
        stop(str(refusal.message), 1)
    click.echo(t(f"Administrator {username} can sign in.", f"管理员 {username} 可以登录了。"))
    if made:
        click.echo(t(f"Password (shown once): {made}", f"密码（仅显示一次）：{made}"))


@click.command(
    "settings", help=t("Print every setting, its value and where it comes from.", "列出所有设置、取值及来源。")
)
def settings_() -> None:
    open_house(ready=False)
    from huiyin.site.given import ASKED, SECRETS

    width = max(len(name) for name in ASKED)
    for name, (value, origin) in sorted(ASKED.items()):
        shown = "•••" if value and any(word in name for word in SECRETS) else value
        click.echo(f"{name:<{width}}  {shown!s:<40}  {origin}")
