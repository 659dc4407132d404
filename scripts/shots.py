"""Takes the README's screenshots from the demonstration bank, so that they never go stale: `make shots`.

Fills a scratch home with `huiyin demo` (the whole bank; --small for a quick try), serves it, and photographs the pages below
in light theme, twice the pixels, into docs/images/*.webp.
"""

import argparse
import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import machine
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 300_000


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what. `follow` is a link to click first, by CSS."""

    name: str
    path: str
    role: str = ""
    follow: str = ""
    look: str = "lang={lang}&theme=light&mode=normal"
    size: tuple[int, int] = (1440, 900)


SHOTS = (
    Shot("portal", "/"),
    Shot("portal-care", "/", look="lang={lang}&theme=light&mode=care", size=(390, 844)),
    Shot("complaint-care", "/complain/", look="lang={lang}&theme=light&mode=care", size=(390, 844)),
    Shot("workbench", "/desk/work/?view=all", role="supervisor"),
    Shot("case", "/desk/work/?view=all", role="supervisor", follow="main table a[href*='/desk/cases/']"),
    Shot("dashboard", "/desk/indicators/", role="analyst"),
    Shot("indicator", "/desk/indicators/", role="analyst", follow="main a[href*='/desk/indicators/M01']"),
    Shot("alert", "/desk/alerts/", role="analyst", follow="main .hy-table a[href*='/desk/alerts/'], main .hy-card a"),
    Shot("rectification", "/desk/rectifications/", role="analyst", follow="main a[href*='/desk/rectifications/']"),
    Shot("verify", "/verify/"),
    Shot("workbench-dark", "/desk/work/?view=all", role="supervisor", look="lang={lang}&theme=dark&mode=normal"),
)


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--home", type=Path, help="a demonstration home that is filled already")
    asked.add_argument("--small", action="store_true")
    asked.add_argument("--only", default="")
    given = asked.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        home = given.home or Path(scratch) / "home"
        known = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
        environment = known | {"HUIYIN_HOME": str(home), "HUIYIN_BASE_URL": f"http://127.0.0.1:{port}"}
        if not given.home:
            fill = [str(BIN / "huiyin"), "demo", "--no-serve", *(["--small"] if given.small else [])]
            subprocess.run(fill, env=environment, cwd=ROOT, check=True)
        server = subprocess.Popen([str(BIN / "huiyin"), "serve", "--port", str(port)], env=environment, cwd=ROOT)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            _take(f"http://127.0.0.1:{port}", given.only)
        finally:
            server.terminate()
            server.wait(30)
    return 0


def _take(url: str, only: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=["--no-sandbox"])
        for lang in ("zh", "en"):
            for shot in SHOTS:
                if only in ("", shot.name):
                    _one(browser, url, shot, lang)
        browser.close()


def _one(browser: Browser, url: str, shot: Shot, lang: str) -> None:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=2, reduced_motion="reduce", locale="zh-CN"
    )
    page = context.new_page()
    if shot.role:
        sign_in(page, url, shot.role)
    page.goto(f"{url}{shot.path}{'&' if '?' in shot.path else '?'}{shot.look.format(lang=lang)}")
    if shot.follow:
        if not page.locator(shot.follow).count():
            print(f"{shot.name}-{lang}: nothing to follow on {shot.path} in this home")
            context.close()
            return
        page.locator(shot.follow).first.click()
        page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    target = IMAGES / f"{shot.name}-{lang}.webp"
    for quality in (88, 78, 68, 55):
        picture.save(target, "WEBP", quality=quality, method=6)
        if target.stat().st_size <= MOST_BYTES:
            break
    print(f"{target.relative_to(ROOT)}  {target.stat().st_size // 1024} kB")
    context.close()


def sign_in(page: Page, url: str, role: str) -> None:
    """The demonstration's one-click sign-in, by the English word of a post."""
    page.goto(f"{url}/accounts/login/?lang=en")
    buttons = page.locator("form[action*='/accounts/demo/'] button")
    wanted = (
        buttons.filter(has_text=role)
        if buttons.filter(has_text=role).count()
        else buttons.filter(has_text=role.title())
    )
    (wanted if wanted.count() else buttons).first.click()
    page.wait_for_url("**/desk/**")


def _wait(url: str) -> None:
    for _try in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the web process did not come up")


if __name__ == "__main__":
    sys.exit(main())
