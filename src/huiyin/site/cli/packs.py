"""Rule packs: what is there, does it hold, and what another limit would have meant."""

import dataclasses
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from huiyin.site.cli.house import exists, open_house, stop
from huiyin.site.cli.words import LANGUAGE, t

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("packs", help=t("Rule packs: check them, try other limits.", "规则包：检查规则、模拟期限。"))
def packs_() -> None:
    pass


@packs_.command(
    "lint",
    help=t(
        "Prove that every matter meets exactly one definition per pack and family, and that every name is known. "
        "Without FILE: every pack of this home. 1 if something was found.",
        "证明每个事项在每个规则包、每类时限中恰好适用一条规则，且所引用的名称都存在。"
        "不指定文件时检查本机的全部规则包；有发现时退出码为 1。",
    ),
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help=t("One JSON object per finding.", "每项发现输出一个 JSON 对象。"))
def lint(files: tuple[Path, ...], as_json: bool) -> None:
    home = open_house(ready=False)
    from huiyin.bank.standards import queries

    known = queries.book() if exists(home) else queries.shipped_book()
    found = 0
    packs = [] if files else queries.newest(known)
    for path in files:
        try:
            packs.append(queries.read_pack(path.read_text("utf-8")))
        except (queries.StandardRejected, UnicodeDecodeError) as wrong:
            found += 1
            _say(as_json, {"pack": path.name, "why": "unreadable", "words": str(wrong)}, f"✕ {path.name}: {wrong}")
    for pack in packs:
        findings = queries.lint(pack, known)
        found += len(findings)
        for one in findings:
            words = queries.finding_words(one, LANGUAGE)
            record = {
                "pack": one.pack, "family": one.family, "purpose": one.purpose, "why": one.why, "case": dict(one.case),
                "limits": one.limits, "words": words,
            }  # fmt: skip
            _say(as_json, record, f"✕ {one.pack}: {words}")
        if not findings and not as_json:
            click.echo(
                f"✓ {pack.ref}: {t('proven', '已证明')} ({t('sorts of matter tried', '穷举的事项种类')}: {queries.cases_tried(pack)})"
            )
    sys.exit(1 if found else 0)


@packs_.command(
    "simulate",
    help=t(
        "What another length of a limit would have meant for the cases received in a period. Nothing is changed.",
        "如果期限不同，某段时间收到的投诉会有多少超期。只计算，不改动任何数据。",
    ),
)
@click.option(
    "--pack", "code", required=True, help=t("Rule pack, such as cn-nfra-complaint.", "规则包，如 cn-nfra-complaint。")
)
@click.option("--family", required=True, help=t("Sort of limit: REG, TOTAL, ACK …", "时限类别：REG、TOTAL、ACK……"))
@click.option("--purpose", default="", help=t("Where a family has several purposes.", "同类时限有多个用途时指定。"))
@click.option("--amount", required=True, help=t("The other length.", "假设的期限。"))
@click.option(
    "--unit",
    required=True,
    type=click.Choice(["business_hour", "elapsed_hour", "business_day", "natural_day"]),
    help=t("Its unit.", "期限的单位。"),
)
@click.option(
    "--from",
    "from_day",
    type=DAY,
    required=True,
    help=t("First day of receipt, YYYY-MM-DD.", "收到日期起，YYYY-MM-DD。"),
)
@click.option(
    "--to", "to_day", type=DAY, required=True, help=t("Last day of receipt, YYYY-MM-DD.", "收到日期止，YYYY-MM-DD。")
)
@click.option(
    "--json", "as_json", is_flag=True, help=t("Print as JSON, with every case.", "以 JSON 输出，并列出每个投诉。")
)
def simulate(
    code: str, family: str, purpose: str, amount: str, unit: str, from_day: datetime, to_day: datetime, as_json: bool
) -> None:
    if to_day < from_day:
        stop(t("--to is before --from.", "--to 早于 --from。"))
    open_house()
    from huiyin.bank.standards import queries
    from huiyin.resolve.cases.queries import what_if
    from huiyin.site.now import now

    pack = queries.pack(code)
    if pack is None or not any(limit.family == family for limit in pack.limits):
        stop(t(f"There is no limit {family} in {code}.", f"规则包 {code} 中没有 {family} 时限。"))
    if not queries.is_amount(amount, unit):
        stop(t(f"Not a length in {unit}: {amount}", f"不是有效的期限：{amount}（{unit}）"))
    found = what_if(
        pack=code, family=family, purpose=purpose, amount=amount, unit=unit, from_day=from_day.date(),
        to_day=to_day.date(), at=now(), actor=None,
    )  # fmt: skip
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False, default=str))
        return
    more, fewer = found.newly_late, found.newly_in_time
    click.echo(
        t(
            f"{found.judged} judged: {found.late} late as it is, {found.would_be_late} with {amount} {unit} "
            f"({more} more, {fewer} fewer).",
            f"共判定 {found.judged} 件：现行规定下超期 {found.late} 件，改为 {amount} {unit} 后超期 {found.would_be_late} 件"
            f"（增加 {more} 件，减少 {fewer} 件）。",
        )
    )
    click.echo(
        t(
            f"{found.still_open} are still open and may yet become late; {found.cannot_tell} cannot be told; "
            f"{found.cancelled} were called off.",
            f"其中 {found.still_open} 件尚未办结，以后仍可能超期；另有 {found.cannot_tell} 件无法判断，{found.cancelled} 件已取消。",
        )
    )
    for share in (*found.by_unit[:20], *found.by_complexity):
        click.echo(
            f"  {share.key or '—':<24} {share.judged:>6} {share.late:>6} → {share.would_be_late:>6} ({share.more:+d})"
        )


def _say(as_json: bool, record: dict[str, Any], line: str) -> None:
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else line)
