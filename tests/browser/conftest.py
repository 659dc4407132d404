"""A small demonstration bank, served as it is in production, and a Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--font-render-hinting=none",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = os.environ.get("HUIYIN_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "google-chrome"))), None
    )
    return browser_type_launch_args | ({"executable_path": path} if path else {}) | {"args": FLAGS}


@dataclass(frozen=True)
class Bank:
    """A running installation of the small demonstration bank."""

    url: str
    home: Path

    def huiyin(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command line, on this bank's home."""
        return subprocess.run(
            [str(BIN / "huiyin"), *words], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    @property
    def environment(self) -> dict[str, str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
        return known | {
            "HUIYIN_HOME": str(self.home),
            "HUIYIN_BASE_URL": self.url,
            "HUIYIN_SUBMISSIONS_PER_HOUR": "1000",
            "HUIYIN_LANG": "en",
        }


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """Made once by `huiyin demo --small`, copied for each worker, served by granian as `huiyin serve` does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Bank(f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("bank") / "home")
    shutil.copytree(_demo(shared_folder(tmp_path_factory), made.url), made.home)
    log = (made.home / "web.log").open("wb")
    command = [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    command += ["--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "huiyin.site.wsgi:application"]
    process = subprocess.Popen(command, env=made.environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait(made.url)
        yield made
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its processes see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def _demo(shared: Path, url: str) -> Path:
    """The home that the first worker fills while the others wait."""
    place = shared / "demo-bank"
    first = Bank(url, place / "home")
    try:
        place.mkdir()
    except FileExistsError:
        end = time.monotonic() + 300
        while not (place / "ended").exists() and time.monotonic() < end:
            time.sleep(0.5)
        assert (place / "ended").read_text() == "0", "another worker could not make the demonstration bank"
        return first.home
    done = first.huiyin("demo", "--no-serve", "--small")
    (place / "ended").write_text(str(done.returncode))
    assert done.returncode == 0, f"huiyin demo failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return first.home


def _wait(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=5).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the web process did not come up")


class Visitor:
    """Somebody in front of a browser: one page, and everything that went wrong on it."""

    def __init__(self, bank: Bank, context: BrowserContext) -> None:
        self.bank = bank
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("request", lambda request: self._watch(request.url))

    def go(self, path: str) -> None:
        self.page.goto(f"{self.bank.url}{path}")

    def sign_in(self, role: str) -> None:
        """The demonstration's one-click sign-in of somebody with this post."""
        self.go("/accounts/login/?lang=en")
        self.page.locator("form[action*='/accounts/demo/'] button", has_text=role).first.click()
        self.page.wait_for_url("**/desk/**")

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(f"console: {text[:300]}")

    def _watch(self, url: str) -> None:
        if not url.startswith((self.bank.url, "data:", "blob:")):
            self.complaints.append(f"asks outside: {url}")


@pytest.fixture
def visitor(bank: Bank, browser: Browser) -> Iterator[Visitor]:
    """A customer with a new browser."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    yield Visitor(bank, context)
    context.close()
