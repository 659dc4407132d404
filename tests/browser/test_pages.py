"""Every page, in both languages and three modes: no barrier, no outside request, no blocked code, no mixed language."""

import os

import pytest
from playwright.sync_api import Browser

from huiyin.site.navigation import DESK
from tests.browser.conftest import Bank, Visitor, shared_folder
from tests.browser.crawl import Found, Map, crawl
from tests.browser.looks import barriers, foreign, sideways

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600 if os.environ.get("HUIYIN_EVERY_LOOK") else 900)]

# What a page says and how it is built is the same in each mode; colours and sizes are not. Colours are the same in both
# languages, and where there is little room the longer English words need more of it. How a page is built is the same in
# both languages; whether its words are there is not. `make looks` takes none of this for granted.
EVERY = bool(os.environ.get("HUIYIN_EVERY_LOOK"))
LOOKS = dict.fromkeys(("zh", "en"), ("dark", "care")) if EVERY else {"zh": ("dark",), "en": ("care",)}
MODES = {"dark": ["dark", "normal"], "care": ["light", "care"]}
WORDED = [
    "document-title",
    "html-has-lang",
    "html-lang-valid",
    "valid-lang",
    "empty-heading",
    "button-name",
    "link-name",
]
WORDED += ["label", "image-alt", "target-size"]
RULES = {"dark": ["color-contrast"], "care": ["color-contrast", "target-size"]}
SWITCH = """([theme, mode]) => {
  document.documentElement.dataset.bsTheme = theme;
  document.documentElement.dataset.hyMode = mode;
  document.querySelector('meta[name=color-scheme]').content = theme;
}"""


@pytest.fixture(scope="session")
def map_of(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Map:
    return crawl(bank.url, shared_folder(tmp_path_factory) / "map")


@pytest.fixture(scope="session")
def pages(map_of: Map) -> list[Found]:
    return map_of.pages


def test_every_kind_of_page_is_found(pages: list[Found]) -> None:
    """The crawl saw the desk's main pages; otherwise the tests below would prove little."""
    routes = {found.route for found in pages}
    wanted = {entry.href.lstrip("/") for _title, entries in DESK for entry in entries}
    leads_on = {"desk/cases/"}  # to the workbench, with all the cases one may see
    assert wanted - routes - leads_on == set()


def test_no_link_leads_nowhere(map_of: Map) -> None:
    assert map_of.broken == []


@pytest.mark.parametrize("language", [pytest.param(code, marks=pytest.mark.xdist_group(code)) for code in ("zh", "en")])
def test_no_page_shuts_anybody_out(bank: Bank, browser: Browser, pages: list[Found], language: str) -> None:
    problems: list[str] = []
    for role in dict.fromkeys(found.role for found in pages):
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
        visitor = Visitor(bank, context)
        if role:
            visitor.sign_in(role)
        for found in (found for found in pages if found.role == role):
            who = f"{found.path} ({role or 'customer'})"
            problems += [f"{who}: {what}" for what in _look(visitor, found, language)]
        context.close()
    assert not problems, "\n".join([f"{len(problems)} problems in {len(pages)} pages", *problems])


def _look(visitor: Visitor, found: Found, language: str) -> list[str]:
    """The page as it comes, then in other modes: that is two words on `<html>`, the rest is the style sheet's."""
    visitor.complaints.clear()
    visitor.page.set_viewport_size({"width": 1280, "height": 900})
    visitor.go(f"{found.path}{'&' if '?' in found.path else '?'}lang={language}&theme=light&mode=normal")
    rules = None if EVERY or language == "en" else WORDED
    problems = [f"light: axe {line}" for line in barriers(visitor.page, rules)]
    problems += [f"light: foreign {line}" for line in foreign(visitor.page, language)]
    problems += _narrow(visitor, "light")
    for mode in LOOKS[language]:
        visitor.page.evaluate(SWITCH, MODES[mode])
        visitor.page.set_viewport_size({"width": 1280, "height": 900})
        problems += [f"{mode}: axe {line}" for line in barriers(visitor.page, None if EVERY else RULES[mode])]
        problems += _narrow(visitor, mode) if EVERY or mode == "care" else []  # the dark is as wide as the light
    return [*problems, *visitor.complaints]


def _narrow(visitor: Visitor, mode: str) -> list[str]:
    wide = sideways(visitor.page)
    return [f"{mode}: {wide}"] if wide else []


def test_a_page_that_is_not_there_is_designed(visitor: Visitor) -> None:
    visitor.go("/nowhere/?lang=en")
    assert visitor.page.locator("h1").inner_text() == "There is nothing at this address"
    assert not barriers(visitor.page)


def test_the_language_is_switched_on_the_same_page(visitor: Visitor) -> None:
    visitor.go("/privacy/?lang=zh")
    visitor.page.get_by_role("link", name="English").click()
    assert visitor.page.url.endswith("/privacy/?lang=en")
    assert visitor.page.locator("html").get_attribute("lang") == "en"


def test_dark_is_remembered(visitor: Visitor) -> None:
    visitor.go("/?theme=dark&lang=zh")
    visitor.go("/privacy/")
    html = visitor.page.locator("html")
    assert html.get_attribute("data-bs-theme") == "dark"
    assert visitor.page.locator("meta[name=color-scheme]").get_attribute("content") == "dark"


def test_large_print_is_remembered(visitor: Visitor) -> None:
    visitor.go("/?mode=care&lang=zh")
    visitor.go("/privacy/")
    size = visitor.page.evaluate("getComputedStyle(document.body).fontSize")
    assert size == "22px"
    height = visitor.page.evaluate("document.querySelector('.hy-tools a').getBoundingClientRect().height")
    assert height >= 60


def test_the_keyboard_reaches_the_content_at_once(visitor: Visitor) -> None:
    visitor.go("/?lang=en")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.textContent") == "Skip to the main content"
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.closest('main') !== null")
