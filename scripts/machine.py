"""What tests need of the machine: a Chromium, a Chinese font, a throw-away PostgreSQL. Installed where that is possible."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNPRIVILEGED = ("postgres", "nobody")


def chromium() -> str | None:
    """A Chromium that starts: the system's, else by apt when root, else Playwright's own."""
    found = _chromium_here()
    if found:
        return found
    apt("chromium")
    found = _chromium_here()
    if found:
        return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, timeout=600)
    return _playwright_chromium()


def _chromium_here() -> str | None:
    for name in (os.environ.get("HUIYIN_CHROMIUM", ""), *CHROMIUM):
        path = shutil.which(name) if name else None
        if path:
            return path
    return _playwright_chromium()


def _playwright_chromium() -> str | None:
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if path and Path(path).exists() else None


def chinese_font() -> bool:
    if _has_chinese_font():
        return True
    apt("fontconfig", "fonts-noto-cjk") or apt("fontconfig", "fonts-wqy-microhei")
    return _has_chinese_font()


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())


def apt(*packages: str) -> bool:
    """Install Debian packages, as root only; a machine of somebody's own is asked, not changed."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("» apt-get install", *packages, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quiet = {
        "env": environment,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.STDOUT,
        "timeout": 900,
        "check": False,
    }
    subprocess.run(["apt-get", "update", "-q"], **quiet)
    return subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", *packages], **quiet).returncode == 0


def postgresql_tools() -> Path | None:
    """The folder with initdb and pg_ctl."""
    found = _postgresql_here()
    if not found and apt("postgresql"):
        found = _postgresql_here()
    return found


def _postgresql_here() -> Path | None:
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if known:
        return known[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def postgresql() -> Iterator[str | None]:
    """A cluster that lives as long as the block, run by an unprivileged user; yields its address, None if impossible."""
    tools = postgresql_tools()
    user = _unprivileged()
    if not tools or (os.geteuid() == 0 and not user):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="huiyin-pg-") as folder:
        data = Path(folder) / "data"
        os.chmod(folder, 0o755)
        data.mkdir(mode=0o700)
        if user:
            shutil.chown(data, user)
        port = _free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        options += " -c full_page_writes=off -c max_connections=60 -c shared_buffers=256MB"
        log = data / "log"
        made = _as(
            user,
            [
                tools / "initdb",
                "-D",
                data,
                "-U",
                "huiyin",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
        )
        if made or _as(user, [tools / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", options, "start"]):
            yield None
            return
        try:
            yield f"postgresql://huiyin@127.0.0.1:{port}/postgres"
        finally:
            _as(user, [tools / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
            time.sleep(0.2)


def _unprivileged() -> str:
    """Root must not run PostgreSQL."""
    if os.geteuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in UNPRIVILEGED if name in names), "")


def _as(user: str, command: list[object]) -> int:
    words = [str(word) for word in command]
    if user:
        words = ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups", *words]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", check=False)
    if done.returncode:
        print(done.stdout[-1500:], flush=True)
    return done.returncode


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
