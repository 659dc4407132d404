"""`huiyin surveys analyse FILE`: what a survey in a plain sheet says, and what moves it."""

import json
from pathlib import Path
from typing import Any

import click

from huiyin.site.cli.house import open_house
from huiyin.site.cli.words import t


@click.group("surveys", help=t("Surveys.", "满意度调查。"))
def surveys_() -> None:
    pass


@surveys_.command(
    "analyse",
    help=t(
        "Figures with 95 % intervals and drivers of FILE (CSV or XLSX, one row per person), as one JSON object.",
        "分析文件（CSV 或 XLSX，每行一位受访者），输出各项数值、95% 区间与驱动因素，为一个 JSON 对象。",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--outcome", required=True, help=t("Columns of the overall score, by comma.", "总体评分的列，逗号分隔。"))
@click.option(
    "--driver", "drivers", multiple=True, metavar="NAME=COL,COL",
    help=t("One aspect and its columns; give it once for each.", "一个方面及其各列，可多次给出。"),
)  # fmt: skip
@click.option(
    "--scale", default="1,5", show_default=True, help=t("Lowest and highest score.", "量程的最低分与最高分。")
)
@click.option("--satisfied", type=float, help=t("Satisfied means at least.", "满意指不低于。"))
@click.option("--nps", default="", help=t("Column of the 0–10 recommendation.", "推荐意愿（0–10 分）所在列。"))
@click.option("--seed", default=1, show_default=True, help=t("Seed of the bootstrap.", "自助法的随机种子。"))
@click.option("--draws", default=2000, show_default=True, type=click.IntRange(100, 20_000), help=t("Bootstrap samples.", "自助样本数。"))  # fmt: skip
def analyse(
    file: Path, outcome: str, drivers: tuple[str, ...], scale: str, satisfied: float | None, nps: str, seed: int,
    draws: int,
) -> None:  # fmt: skip
    open_house(ready=False)
    from huiyin.listen.surveys.queries.analysis import analyse as analysed

    try:
        low, high = (float(part) for part in scale.split(","))
        groups = {name.strip(): [c.strip() for c in columns.split(",")] for name, columns in (one.split("=", 1) for one in drivers)}  # fmt: skip
    except ValueError:
        raise click.UsageError(t("--scale is LOW,HIGH and --driver is NAME=COL,COL.", "--scale 应为 最低,最高；--driver 应为 名称=列,列。")) from None  # fmt: skip
    if not low < high or len(groups) > 10:
        raise click.UsageError(t("The scale must grow, and there are at most 10 drivers.", "量程须递增，驱动因素最多 10 个。"))  # fmt: skip
    told = analysed(
        file, outcome=outcome.split(","), drivers=groups, scale=(low, high), nps=nps, satisfied=satisfied, seed=seed,
        draws=draws,
    )  # fmt: skip
    click.echo(json.dumps(_rounded(told), ensure_ascii=False, indent=1))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list | tuple) else value
