"""Running: web, worker and tick as three watched processes; and the tick by itself."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

from huiyin.site.cli.house import exists, make_home, open_house, stop
from huiyin.site.cli.unfinished import refuse_unfinished
from huiyin.site.cli.words import LANGUAGE, t

PORT = click.IntRange(1, 65535)


@click.command(
    "serve", help=t("Run web, worker and tick until stopped with Ctrl-C.", "运行网站、后台任务与定时器，Ctrl-C 停止。")
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=PORT)
@click.option("--workers", default=0, help=t("Web processes; 0 chooses (SQLite: 1).", "网站进程数；0 为自动（SQLite 为 1）。"))  # fmt: skip
def serve_(host: str, port: int, workers: int) -> None:
    serve(host=host, port=port, workers=workers)


@click.command(
    "tick",
    help=t(
        "One pass over everything that is due; with --loop, until stopped.", "处理一遍到期事项；--loop 则持续运行。"
    ),
)
@click.option("--loop", is_flag=True, help=t("Go on until stopped.", "持续运行直到停止。"))
@click.option("--every", default=1.0, show_default=True, help=t("Seconds between passes.", "每遍间隔秒数。"))
@click.option("--only", default="", help=t("Only this step.", "只做这一步。"))  # fmt: skip
def tick_(loop: bool, every: float, only: str) -> None:
    open_house()
    from huiyin.site import ticker

    names = [step.name for step in ticker.STEPS]
    if only and only not in names:
        stop(t(f"There is no step {only}. There are: {', '.join(names)}", f"没有步骤 {only}。可用：{'、'.join(names)}"))
    failed = ticker.run_forever(every=every) if loop else ticker.one_pass(only=only)
    sys.exit(1 if failed else 0)


@dataclass
class Child:
    """One process that is kept alive: started again when it ends, after a pause that grows with quick failures."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    pause: float = 0.5
    again_at: float = field(default=0)

    def start(self, environment: dict[str, str]) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, env=environment, preexec_fn=_die_with_parent)

    def restart(self) -> None:
        """Ends as if by itself; the next look starts it again at once."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                _end(self.process)
        self.process, self.again_at = None, 0

    def look(self, environment: dict[str, str]) -> None:
        if self.process and self.process.poll() is not None:
            quick = time.monotonic() - self.started < 10
            self.pause = min(30, self.pause * 2) if quick else 0.5
            self.again_at = time.monotonic() + self.pause
            click.echo(
                t(
                    f"{self.name} ended ({self.process.returncode}); starting it again in {self.pause:.0f} s",
                    f"{self.name} 已退出（{self.process.returncode}），{self.pause:.0f} 秒后重启",
                ),
                err=True,
            )
            _end(self.process)
            self.process = None
        if self.process is None and time.monotonic() >= self.again_at:
            self.start(environment)


def serve(*, host: str, port: int, workers: int) -> None:
    """Start the three, print the address, watch them, and stop them all when told to."""
    home = Path(os.environ.setdefault("HUIYIN_HOME", "var/bank")).resolve()
    refuse_unfinished(home)
    if not exists(home):
        make_home()
    os.environ["HUIYIN_HOME"] = str(home)
    open_house()
    _pending_migrations()
    _nobody_listens(host, port)
    from django.db import connection

    from huiyin.site import static

    static.collect()
    workers = workers or (1 if connection.vendor == "sqlite" else min(4, os.cpu_count() or 1))
    environment = os.environ | {"HUIYIN_COLLECTED": "1", "HUIYIN_SERVED_AT": address(host, port)}
    _announce(host, port)
    connection.close()
    _watch(_children(host, port, workers), environment)


def _children(host: str, port: int, workers: int) -> list[Child]:
    here = Path(sys.executable).parent
    web = [str(here / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
    web += ["--blocking-threads", "4", "--no-ws", "--backlog", "256", "--respawn-failed-workers"]
    web += ["--log-level", "warning", "huiyin.site.wsgi:application"]
    django = [sys.executable, "-m", "django"]
    return [
        Child("web", web),
        Child("worker", [*django, "db_worker", "--interval", "1", "--no-startup-delay"]),
        Child("tick", [*django, "tick", "--loop"]),
    ]


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    known = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{known}:{port}"


def _announce(host: str, port: int) -> None:
    from django.conf import settings

    from huiyin.site import first_run

    here = address(host, port)
    line = "─" * 64
    click.echo(line)
    click.echo(t(f"  Huiyin runs at   {here}", f"  回音已启动：{here}"))
    click.echo(t(f"  Staff sign in at {here}/desk/", f"  员工登录：{here}/desk/"))
    if first_run.is_open():
        click.echo(t(f"  Begin at         {here}/first-run/", f"  首次设置：{here}/first-run/"))
        click.echo(t(f"  Set-up code      {first_run.code()}", f"  设置码：{first_run.code()}"))
    if settings.HUIYIN_DEMO:
        for words in _sign_ins():
            click.echo(f"  {words}")
    click.echo(t("  Stop with Ctrl-C", "  按 Ctrl-C 停止"))
    click.echo(line)


def _sign_ins() -> list[str]:
    """Whom one may be in the demonstration, as the sign-in page offers them."""
    from huiyin.protect.identity.queries import demo_people

    people = [
        f"  {person.account.username:<12}"
        + " · ".join(one.word(LANGUAGE) for one in (person.post, person.account, person.unit) if one)
        for person in demo_people()
    ]
    head = t(
        "Demonstration: choose on that page whom to be, without a password:",
        "演示环境：在登录页点选下列任一身份即可进入，无需密码：",
    )
    return [head, *people] if people else []


def _pending_migrations() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        stop(
            t(
                "The tables are older than this version. Make a backup, then run `huiyin init` to bring them up to date.",
                "数据表版本较旧。请先备份，再运行 huiyin init 升级。",
            ),
            1,
        )


def _nobody_listens(host: str, port: int) -> None:
    """The web server would share a taken port with whoever has it, and every other request would go astray."""
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        stop(
            t(
                f"Nothing can be served at {host}:{port} ({error}). Choose another port with --port.",
                f"无法在 {host}:{port} 提供服务（{error}）。请用 --port 换一个端口。",
            ),
            1,
        )


def _watch(children: list[Child], environment: dict[str, str]) -> None:
    stopping = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    settings_file = Path(environment["HUIYIN_HOME"]) / "huiyin.toml"
    known = _changed_at(settings_file)
    while not stopping:
        if _changed_at(settings_file) != known:
            known = _changed_at(settings_file)
            click.echo(t("The settings have changed; starting again with them.", "设置已更改，正在以新设置重启。"))
            for child in children:  # each is back before the next one ends: people are at the web
                child.restart()
                child.look(environment)
        for child in children:
            child.look(environment)
        time.sleep(0.25)
    _stop(children)


def _changed_at(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0


def _stop(children: list[Child]) -> None:
    """Ask, wait ten seconds, then insist."""
    alive = [child.process for child in children if child.process and child.process.poll() is None]
    for process in alive:
        process.send_signal(signal.SIGTERM)
    end = time.monotonic() + 10
    for process in alive:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            _end(process)
    click.echo(t("Stopped.", "已停止。"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """A child and what it started: a web worker whose master was killed would go on answering at the port."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _die_with_parent() -> None:
    """A child gets its own process group, and on Linux is stopped when the parent is killed outright."""
    os.setpgrp()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
