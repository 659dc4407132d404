"""A real installation for a story: the command line, and granian serving at an instant that the story chooses."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
WEB = [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "4"]
WEB += ["--no-ws", "--log-level", "warning", "huiyin.site.wsgi:application"]


@dataclass
class Installation:
    """One home. `serve_at(instant)` starts the web anew with its clock standing there."""

    home: Path
    now: datetime | None = None
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
        known |= {"HUIYIN_HOME": str(self.home), "HUIYIN_BASE_URL": self.url, "HUIYIN_LANG": "en"}
        known |= {"HUIYIN_SUBMISSIONS_PER_HOUR": "1000"}
        return known | ({"HUIYIN_NOW": self.now.isoformat()} if self.now else {})

    def run(self, *command: str) -> str:
        """A command that must succeed; what it printed."""
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def huiyin(self, *words: str) -> str:
        return self.run(str(BIN / "huiyin"), *words)

    def serve_at(self, instant: datetime) -> None:
        """The clock moves: what is due by then is done, then the pages open."""
        self.stop()
        self.now = instant
        with (self.home / "web.log").open("ab") as log:
            command = [*WEB, "--port", str(self.port)]
            self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=log, stderr=log)
        self.huiyin("tick")
        self._wait()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def _wait(self) -> None:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).read()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError((self.home / "web.log").read_text("utf-8", "replace")[-3000:])
