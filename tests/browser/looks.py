"""What a page must never show, whatever it is about."""

from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Page

AXE = Axe()
OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

# Texts a person can see or hear, outside of what customers and colleagues wrote and of marked other languages.
TEXTS = """([others]) => {
  const out = [];
  const skip = (node) => node.parentElement && node.parentElement.closest(others);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    if (text && !skip(walker.currentNode)) out.push(text);
  }
  for (const node of document.querySelectorAll('[title],[aria-label],[placeholder],[alt]')) {
    if (node.closest(others)) continue;
    for (const name of ['title', 'aria-label', 'placeholder', 'alt']) {
      const text = (node.getAttribute(name) || '').trim();
      if (text) out.push(text);
    }
  }
  return out;
}"""


ROOT = Path(__file__).resolve().parents[2]


def barriers(page: Page) -> list[str]:
    """axe's violations, each with the rule and the first place."""
    found = AXE.run(page, options=OPTIONS).response["violations"]
    return [f"{rule['id']} ({len(rule['nodes'])}×): {rule['nodes'][0]['html'][:160]}" for rule in found]


def sideways(page: Page) -> str:
    """At 320 px nothing scrolls sideways, except a table in its own frame."""
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width <= 320:
        return ""
    widest = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 321"
        " && !e.closest('.hy-scroll')).map(e => e.outerHTML.slice(0, 120))[0] || ''"
    )
    return f"{width} px wide at 320: {widest}"


def foreign(page: Page, language: str) -> list[str]:
    """Words of the other language: Chinese of the product on an English page, English sentences on a Chinese one.

    Names that a bank entered (people, units, a notice's number) stay as they were entered.
    """
    others = f"[lang^='{'zh' if language == 'en' else 'en'}'], .user-content, code, pre, kbd, script, style"
    texts: list[str] = page.evaluate(TEXTS, [others])
    return [text[:80] for text in texts if _is_foreign(text, language)]


def _is_foreign(text: str, language: str) -> bool:
    if language == "en":
        return text in _own_chinese() or any(word in text for word in _own_chinese() if len(word) >= 8)
    if text.startswith(("http://", "https://")):
        return False
    words = [word for word in text.replace("/", " ").split() if word.isascii() and word.isalpha() and word.islower()]
    return len(words) >= 2 and not any("\u3400" <= char <= "\u9fff" for char in text)


@cache
def _own_chinese() -> frozenset[str]:
    """Every Chinese text of the product's own catalogues that has Chinese characters and no placeholder."""
    found = set()
    for path in ROOT.glob("src/huiyin/**/locale/zh_Hans/LC_MESSAGES/django.po"):
        for message in read_po(path.open("rb")):
            if isinstance(message.string, str) and "%" not in message.string and "{" not in message.string:
                text = message.string.strip()
                if len(text) >= 2 and any("\u3400" <= char <= "\u9fff" for char in text):
                    found.add(text)
    return frozenset(found)
