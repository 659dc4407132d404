"""What a page must never show, whatever it is about."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
HAN = re.compile(r"[\u3400-\u9fff]")
OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

# Texts a person can see or hear, outside of what matches `others`.
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


def barriers(page: Page, rules: list[str] | None = None) -> list[str]:
    """axe's violations, each with the rule and the first place; of all rules, or of those named."""
    options = OPTIONS | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
    if page.evaluate("typeof window.axe === 'undefined'"):  # half a megabyte, once on each page
        found = AXE.run(page, options=options).response["violations"]
    else:
        found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
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
    """Words of the other language that are not marked as such.

    On an English page Chinese stands only in what customers and colleagues wrote, and there it is marked
    `lang="zh-Hans"`: the demonstration bank's people, units and products all have English names. On a Chinese page no
    sentence is English.
    """
    others = ["[lang^='zh']", "textarea"] if language == "en" else ["[lang^='en']", ".user-content"]
    texts: list[str] = page.evaluate(TEXTS, [", ".join([*others, "code", "pre", "kbd", "script", "style"])])
    return [text[:80] for text in texts if _is_foreign(text, language)]


def _is_foreign(text: str, language: str) -> bool:
    if language == "en":
        return HAN.search(text) is not None
    if text.startswith(("http://", "https://")):
        return False
    words = [word for word in text.replace("/", " ").split() if word.isascii() and word.isalpha() and word.islower()]
    return len(words) >= 2 and not HAN.search(text)
