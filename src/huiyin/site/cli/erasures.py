"""`huiyin erasures`: what waits and what stands against it, carry out, and erase again after a restore."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from huiyin.site.cli.house import open_house
from huiyin.site.cli.words import LANGUAGE, t

_USER = click.option(
    "--user", required=True, help=t("Your account; its password is asked for.", "您的账号，将要求输入密码。")
)
_SPOKEN = "zh-hans" if LANGUAGE == "zh" else "en"


@click.group("erasures", help=t("Erasing personal data.", "个人信息删除。"))
def erasures_() -> None:
    pass


@erasures_.command(
    "check", help=t("What stands against erasing a customer, and until when.", "查看不得删除某客户的原因及期限。")
)
@click.argument("customer", type=click.UUID)
def check(customer: UUID) -> None:
    open_house()
    from huiyin.resolve.erasures import queries
    from huiyin.site.now import now

    about = queries.about(customer, now())
    if about.erased:
        click.echo(t("Erased already.", "已经删除。"))
        return
    for bar in about.bars:
        until = t(f" until {bar.until}", f"，至 {bar.until}") if bar.until else ""
        click.echo(f"{bar.why.word(_SPOKEN)} {bar.number}{until}".replace("  ", " "))
    if about.bars:
        raise SystemExit(1)
    n = len(about.matters)
    click.echo(t(f"Nothing stands against it: {n} matters.", f"没有不得删除的原因，共 {n} 件诉求。"))


@erasures_.command(
    "ask", help=t("Ask that a customer be erased; a second person carries it out.", "申请删除客户，由另一人执行。")
)
@click.argument("customer", type=click.UUID)
@click.option("--reason", type=click.Choice(["request", "purpose", "unlawful", "expired"]), required=True)
@_USER
def ask(customer: UUID, reason: str, user: str) -> None:
    open_house()
    from huiyin.resolve.erasures import actions
    from huiyin.site.now import now

    row = actions.ask(customer=customer, reason=reason, by=_actor(user), at=now())
    click.echo(t(f"Asked: {row.pk}", f"已提出申请：{row.pk}"))


@erasures_.command(
    "carry-out", help=t("Erase what a colleague asked for. It cannot be undone.", "执行同事提出的删除申请，不可恢复。")
)
@click.argument("erasure", type=click.UUID)
@_USER
def carry_out(erasure: UUID, user: str) -> None:
    open_house()
    from huiyin.resolve.erasures import actions
    from huiyin.site.now import now

    by = _actor(user)
    click.confirm(t("Erase for good?", "确定彻底删除？"), abort=True)
    row = actions.carry_out(erasure=erasure, by=by, at=now())
    click.echo(t(f"Erased: {row.subjects} keys destroyed.", f"已删除：销毁 {row.subjects} 个密钥。"))


@erasures_.command(
    "list",
    help=t(
        "Write the ids of everything erased so far to a file, to be kept apart from backups.",
        "把迄今已删除的标识写入文件，与备份分开保存。",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def list_(file: Path) -> None:
    open_house()
    from huiyin.platform.vault import queries

    ids = [str(id) for id in queries.erased()]
    file.write_text(json.dumps({"erased": ids}, indent=1) + "\n", encoding="utf-8")
    click.echo(t(f"{len(ids)} written.", f"已写入 {len(ids)} 个。"))


@erasures_.command(
    "again",
    help=t(
        "After restoring a backup: erase again what was erased since it was made (a file of `list`).",
        "恢复备份后：再次删除备份之后已删除的内容（`list` 生成的文件）。",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def again(file: Path) -> None:
    open_house()
    from huiyin.kernel.actor import machine
    from huiyin.resolve.erasures import actions
    from huiyin.site.now import now

    try:
        ids = [UUID(id) for id in json.loads(file.read_text(encoding="utf-8"))["erased"]]
    except (ValueError, KeyError, TypeError) as bad:
        raise click.UsageError(t("This is no list of what was erased.", "这不是已删除清单文件。")) from bad
    done = actions.erase_again(subjects=ids, by=machine("restore"), at=now())
    click.echo(
        t(
            f"{done} erased again, {len(ids) - done} were erased.",
            f"再次删除 {done} 个，其余 {len(ids) - done} 个已是删除状态。",
        )
    )


def _actor(username: str) -> Any:
    """Who types the password is who acts: the two people are two accounts here as well."""
    from huiyin.protect.access.queries import actor_for
    from huiyin.protect.identity import queries as identity
    from huiyin.site.now import now

    password = click.prompt(t("Password", "密码"), hide_input=True)
    account = identity.account_named(username)
    user = identity.user(account) if account else None
    if user is None or not user.is_active or not user.check_password(password):
        raise click.ClickException(t("The account or the password is wrong.", "账号或密码错误。"))
    return actor_for(user, now())
