"""Rule packs: what is there, does it hold, and what another limit would have meant."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from huiyin.site.cli.house import exists, open_house
from huiyin.site.cli.words import LANGUAGE, t


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


def _say(as_json: bool, record: dict[str, Any], line: str) -> None:
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else line)
