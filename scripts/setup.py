"""Prepares everything that running (and, with --dev, testing) needs: environment, page assets, translations.

Runs on whatever `python3` is, so it must stay readable to old ones. Does nothing when the lock files are unchanged.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "bin")
STAMP = os.path.join(VENV, ".huiyin-setup")
UV = "uv==0.13.9"
IMPORTS = "import django; django.setup(); import huiyin.site.urls, duckdb, pyarrow.parquet, holidays.countries"
OLDEST, NEWEST = (3, 11), (3, 13)


def main():
    python = supported_python()
    if python != sys.executable and sys.version_info[:2] != version_of(python):
        os.execv(python, [python] + sys.argv)
    dev = "--dev" in sys.argv
    if stamp(dev) == read(STAMP) or (not dev and stamp(True) == read(STAMP)):
        compile_messages()
        return
    if not os.path.exists(os.path.join(BIN, "python")):
        say("making .venv with Python %d.%d" % sys.version_info[:2])
        made = subprocess.call([sys.executable, "-m", "venv", VENV])
        if made:
            shutil.rmtree(VENV, ignore_errors=True)
            sys.exit("Python's venv module does not work here. On Debian: apt-get install python3-venv")
    uv()
    say("installing the locked packages")
    groups = ["--all-groups"] if dev else ["--no-dev", "--group", "assets"]
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_PROJECT_ENVIRONMENT=VENV, VIRTUAL_ENV=VENV)
    run(
        [os.path.join(BIN, "uv"), "sync", "--frozen", "--inexact", "--python", os.path.join(BIN, "python")] + groups,
        environment,
    )
    run([os.path.join(BIN, "python"), "scripts/assets.py"])
    compile_messages()
    compile_code()
    with open(STAMP, "w") as file:
        file.write(stamp(dev))
    say("ready: .venv/bin/huiyin --help")


def supported_python():
    """This Python if it will do, else a fitting one on the path, else one clear line."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found and version_of(found) == (3, minor):
            return found
    sys.exit(
        "Huiyin needs Python 3.11, 3.12 or 3.13; this is %d.%d. Install one, or name it: make PYTHON=python3.12"
        % sys.version_info[:2]
    )


def version_of(python):
    try:
        text = subprocess.check_output([python, "-c", "import sys; print(sys.version_info[0], sys.version_info[1])"])
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(int(part) for part in text.split())


def uv():
    """The pinned uv inside .venv, fetched with the pip that comes with Python."""
    name, version = UV.split("==")
    path = os.path.join(BIN, name)
    if os.path.exists(path) and version in subprocess.check_output([path, "--version"]).decode():
        return
    say("fetching " + UV)
    if not os.path.exists(os.path.join(BIN, "pip")):
        run([os.path.join(BIN, "python"), "-m", "ensurepip", "--upgrade"])
    run([os.path.join(BIN, "python"), "-m", "pip", "install", "--disable-pip-version-check", UV])


def compile_messages():
    run([os.path.join(BIN, "python"), "scripts/messages.py", "compile"])


def compile_code():
    """Import everything once, so that Python keeps the compiled form: the first start is as quick as the later ones.

    Also where PYTHONDONTWRITEBYTECODE is set, which would make every start compile Django anew (seconds).
    """
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, HUIYIN_HOME=home, DJANGO_SETTINGS_MODULE="huiyin.site.settings")
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        run([os.path.join(BIN, "python"), "-c", IMPORTS], environment)


def stamp(dev):
    digest = hashlib.sha256(b"dev" if dev else b"run")
    for name in ("uv.lock", "pyproject.toml", "package-lock.json", "scripts/setup.py", "scripts/assets.py"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path) as file:
        return file.read()


def run(command, environment=None):
    done = subprocess.call(command, cwd=ROOT, env=environment)
    if done:
        sys.exit("set-up stopped: %s ended with %d" % (" ".join(command), done))


def say(words):
    print("» " + words)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
