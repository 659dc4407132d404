"""`huiyin`: the one command. Exit codes: 0 fine, 1 a check found something, 2 wrong use.

The commands are listed here with their one line of help, and imported only when one is run:
`huiyin --help` loads neither Django nor any room.
"""

import errno
import importlib
import os
from pathlib import Path

import click

from huiyin.site.cli.chinese import speak
from huiyin.site.cli.words import LANGUAGE, t

if LANGUAGE == "zh":
    speak()

# name: (module of this package, one line in English, the same in Chinese)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("homes", "make an empty institution, or bring one up to date", "建立一个空的机构，或升级已有机构"),
    "demo": ("homes", "fill a home with the demonstration bank and start it", "生成演示银行的数据并启动"),
    "createadmin": ("homes", "create an administrator who can sign in", "创建可登录的管理员"),
    "settings": ("homes", "print every setting, its value and where it comes from", "列出所有设置、取值及来源"),
    "serve": ("serving", "run web, worker and tick until stopped", "运行网站、后台任务与定时器，直到停止"),
    "tick": ("serving", "do what is due: deadlines, retries, sealing, figures, alerts", "处理到期事项：时限、重试、封存、指标、预警"),
    "doctor": ("checking", "check this machine and say what to do", "检查本机环境并说明如何处理"),
    "verify": ("checking", "verify the ledger, or a receipt offline", "核验账本，或离线核验回执"),
    "clock": ("checking", "work out deadlines by the rules (clock check FILE)", "按规则推算时限（clock check 文件）"),
    "packs": ("packs", "check rule packs and try other limits (packs lint, packs simulate)", "检查规则包、模拟期限（packs lint、packs simulate）"),
    "erasures": ("erasures", "erase a person, and erase again after a restore", "删除客户个人信息；恢复备份后再次删除"),
    "surveys": ("surveys", "analyse a survey in a sheet (surveys analyse FILE)", "分析表格中的调查（surveys analyse 文件）"),
    "alerts": ("checking", "run the alert rules over past data", "对历史数据运行预警规则"),
    "reactions": ("checking", "list which fact makes which room act", "列出各类事实触发的动作"),
    "backup": ("keeping", "copy a home while it runs", "在运行中备份"),
    "restore": ("keeping", "put a backup into an empty home and verify it", "把备份恢复到空目录并核验"),
    "drill": ("keeping", "prove that a backup can be restored", "演练：证明备份可以恢复"),
    "rebuild": ("keeping", "rebuild derived data (rebuild columns)", "重建派生数据（rebuild columns）"),
    "search": ("searching", "the search index (search rebuild)", "检索索引（search rebuild）"),
    "triage": ("triage", "what texts are about: classify, learn, evaluate", "文本分类：classify 分类、learn 学习、evaluate 评估"),
    "import": ("importing", "import complaints, units, staff, products, exposures", "导入投诉、机构、员工、产品、业务量"),
}  # fmt: skip


def expected(error: Exception) -> tuple[str, int] | None:
    """Words and exit code: 1 for a refusal or a machine that fails, 2 for an installation set up wrongly."""
    from django.db.utils import Error as DatabaseError

    from huiyin.kernel.refusal import Refusal
    from huiyin.kernel.unfit import Unfit

    if isinstance(error, Refusal):
        return str(error.message), 1
    if isinstance(error, Unfit):
        return error.words.word(LANGUAGE), 2
    if isinstance(error, DatabaseError):
        why = str(error).strip()
        words = t(
            f"The database cannot be used: {why}\nIs it running, and is it the right one? `huiyin settings` shows database_url and "
            "where it comes from; `huiyin init` makes tables or brings them up to date.",
            f"数据库无法使用：{why}\n请确认数据库已启动且地址无误：huiyin settings 列出 database_url 及其来源；huiyin init 建立或升级数据表。",
        )
        return words, 1
    if isinstance(error, OSError) and error.errno not in (None, errno.EPIPE) and error.filename is not None:
        reason = error.strerror
        return t(f"{error.filename}: {reason}", f"{error.filename}：{reason}"), 1
    return None


class Lazy(click.Group):
    """A group whose commands are imported when they are run."""

    def invoke(self, context: click.Context) -> object:
        """What can be expected to go wrong is one line that says what to do, never a trace."""
        try:
            return super().invoke(context)
        except Exception as error:
            told = expected(error)
            if told is None:
                raise
            click.echo(told[0], err=True)
            context.exit(told[1])

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"huiyin.site.cli.{COMMANDS[name][0]}")
        command = getattr(module, f"{name}_")
        assert isinstance(command, click.Command)
        command.short_help = t(*COMMANDS[name][1:])
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(t("Commands", "命令")):
            formatter.write_dl([(name, t(en, zh)) for name, (_module, en, zh) in COMMANDS.items()])


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=t(
        "Huiyin: keep and prove the quality of service of a financial institution.\n\n"
        "All state lives under HUIYIN_HOME (default var/bank). Exit codes: 0 fine, 1 a check found something, "
        "2 wrong use. 中文：huiyin --lang zh --help",
        "回音：让金融机构的服务质量可管理、可证明。\n\n"
        "所有数据都在 HUIYIN_HOME 目录下（默认 var/bank）。退出码：0 正常，1 检查发现问题，2 用法有误。"
        "English: huiyin --lang en --help",
    ),
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help=t("Directory of all state; wins over HUIYIN_HOME.", "数据目录，优先于 HUIYIN_HOME。"),
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help=t("Language of this command.", "命令行语言。"))
@click.version_option(package_name="huiyin")
def main(home: Path | None, lang: str | None) -> None:
    if home:
        os.environ["HUIYIN_HOME"] = str(home)
