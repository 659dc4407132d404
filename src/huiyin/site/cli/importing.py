"""`huiyin import`: streams a file of any length, shows progress, ends with one line that counts."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from huiyin.site.cli.house import open_house, stop
from huiyin.site.cli.words import t

FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)


@click.group("import", help=t("Import from CSV (also .gz). 1 if a row was rejected.", "从 CSV（可为 .gz）导入；有行被拒绝时退出码为 1。"))  # fmt: skip
def import_() -> None:
    pass


@import_.command(
    "complaints",
    help=t("Complaints, row by row; bad rows go into a report file.", "逐行导入投诉，错误行写入报告文件。"),
)
@click.argument("file", type=FILE)
@click.option("--mapping", required=True, help=t("cfpb, or a TOML file of your own.", "cfpb，或自己的 TOML 映射文件。"))  # fmt: skip
def complaints(file: Path, mapping: str) -> None:
    open_house()
    from huiyin.site import importing
    from huiyin.site.now import now

    _run(file, lambda progress: importing.complaints(mapping=mapping, file=file, at=now(), progress=progress))


@import_.command(
    "cases",
    help=t(
        "The bank's own open and closed complaints (CSV or XLSX).", "导入本行原有的在办与已办结投诉（CSV 或 XLSX）。"
    ),
)
@click.argument("file", type=FILE)
@click.option("--mapping", default="native", help=t("native, or a TOML file of your own.", "native，或自己的 TOML 映射文件。"))  # fmt: skip
def cases(file: Path, mapping: str) -> None:
    open_house()
    from huiyin.site import importing
    from huiyin.site.now import now

    _run(file, lambda progress: importing.cases(mapping=mapping, file=file, at=now(), progress=progress))


@import_.command(
    "files",
    help=t(
        "Attachments of the bank's own cases: a folder or a zip, each file named by its case (2023-0815/letter.pdf or "
        "2023-0815_letter.pdf). Safe to repeat.",
        "导入本行原有投诉的附件：文件夹或 zip，文件名或文件夹名以投诉编号开头（如 2023-0815/答复.pdf、2023-0815_答复.pdf）。可重复执行。",
    ),
)
@click.argument("source", type=click.Path(path_type=Path, exists=True))
def files(source: Path) -> None:
    open_house()
    from tqdm import tqdm

    from huiyin.kernel.refusal import Refusal
    from huiyin.ledger import actions as ledger
    from huiyin.site import importing
    from huiyin.site.now import now

    try:
        with tqdm(unit=t(" files", " 个"), disable=not sys.stderr.isatty()) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            told = importing.attachments(source=source, at=now(), progress=progress)
        ledger.seal_all(at=now())
    except Refusal as refusal:
        click.echo(str(refusal.message), err=True)
        sys.exit(1)
    for name, why in told.left:
        click.echo(f"{name}: {why}", err=True)
    click.echo(
        t(
            f"{told.new} files taken, {told.unchanged} here before, {len(told.left)} not taken.",
            f"导入 {told.new} 个文件，{told.unchanged} 个已存在，{len(told.left)} 个未导入。",
        )
    )
    sys.exit(1 if told.left else 0)


def _organisation(name: str, en: str, zh: str) -> None:
    @import_.command(
        name, help=t(f"{en}: all or nothing, unless --partial.", f"{zh}：全部成功才导入，除非使用 --partial。")
    )
    @click.argument("file", type=FILE)
    @click.option("--partial", is_flag=True, help=t("Keep the good rows.", "保留正确的行。"))
    def command(file: Path, partial: bool) -> None:
        open_house()
        from huiyin.site import importing
        from huiyin.site.now import now

        _run(
            file,
            lambda progress: importing.organisation(
                mapping=name, file=file, partial=partial, at=now(), progress=progress
            ),
        )


_organisation("units", "Units", "机构")
_organisation("staff", "Staff", "员工")
_organisation("products", "Products", "产品")
_organisation("exposures", "Exposures (customers, accounts, transactions)", "业务量（客户、账户、交易）")


def _run(file: Path, work: Callable[[Callable[[int, int, int], None]], Any]) -> None:
    from tqdm import tqdm

    from huiyin.kernel.refusal import Refusal
    from huiyin.ledger import actions as ledger
    from huiyin.platform.imports.queries import BrokenMapping, UnknownMapping, reason
    from huiyin.site.now import now

    try:
        with tqdm(unit="B", unit_scale=True, disable=not sys.stderr.isatty(), desc=file.name) as bar:

            def progress(rows: int, done: int, total: int) -> None:
                bar.total = total
                bar.set_postfix(rows=rows, refresh=False)
                bar.update(done - bar.n)

            report = work(progress)
        ledger.seal_all(at=now())
    except (BrokenMapping, UnknownMapping) as refusal:
        stop(str(refusal.message))
    except Refusal as refusal:
        stop(str(refusal.message), 1)
    for line, fault in report.faults[:10]:
        place = t(f"line {line}", f"第 {line} 行") + (
            t(f", {fault.column}", f"“{fault.column}”") if fault.column else ""
        )
        click.echo(place + t(": ", "：") + reason(fault), err=True)
    if report.rejected and report.report_path:
        click.echo(t(f"All rejected rows: {report.report_path}", f"全部被拒绝的行：{report.report_path}"), err=True)
    if not report.applied:
        click.echo(t("Nothing was imported: correct the file, or use --partial.", "未导入任何内容：请改正文件，或使用 --partial。"), err=True)  # fmt: skip
    click.echo(report.line)
    sys.exit(1 if report.rejected else 0)
