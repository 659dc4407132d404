"""The command line speaks Chinese or English: --lang, else HUIYIN_LANG, else the machine's LANG."""

import os
import sys


def language() -> str:
    for place, word in enumerate(sys.argv):
        if word == "--lang" and place + 1 < len(sys.argv):
            return _known(sys.argv[place + 1])
        if word.startswith("--lang="):
            return _known(word.partition("=")[2])
    for name in ("HUIYIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return _known(os.environ[name])
    return "en"


def _known(value: str) -> str:
    return "zh" if value.lower().startswith("zh") else "en"


LANGUAGE = language()


def t(en: str, zh: str) -> str:
    """One of two wordings of the same thing."""
    return zh if LANGUAGE == "zh" else en
