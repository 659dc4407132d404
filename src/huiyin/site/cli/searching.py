"""`huiyin search rebuild`: put every matter into the search index again."""

import sys

import click

from huiyin.site.cli.house import open_house
from huiyin.site.cli.words import t


@click.group("search", help=t("The search index.", "检索索引。"))
def search_() -> None:
    pass


@search_.command(
    "rebuild",
    help=t(
        "Put every matter into the index again; goes on where an interrupted rebuild stopped.",
        "重新建立全部事项的索引；中断后从断点继续。",
    ),
)
@click.option("--afresh", is_flag=True, help=t("Throw the index away first.", "先清空索引。"))
def rebuild(afresh: bool) -> None:
    open_house()
    from tqdm import tqdm

    from huiyin.resolve.finding import actions

    with tqdm(unit=t(" matters", " 件"), disable=not sys.stderr.isatty()) as bar:

        def progress(done: int) -> None:
            bar.update(done - bar.n)

        done = actions.rebuild(afresh=afresh, progress=progress)
    click.echo(t(f"The index holds {done:,} matters.", f"索引已包含 {done:,} 件事项。"))
