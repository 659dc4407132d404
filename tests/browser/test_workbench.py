"""The workbench by keyboard: menu, rows, a case, two people on it; and the same with the keys switched off."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bank, Visitor
from tests.browser.looks import barriers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def at_the_desk(bank: Bank, browser: Browser, role: str = "Handling supervisor") -> Visitor:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    visitor = Visitor(bank, context)
    visitor.sign_in(role)
    return visitor


def first_open(visitor: Visitor, query: str = "view=all&state=working") -> str:
    """The address of the first case of a list, the page being on it."""
    visitor.go(f"/desk/work/?{query}&lang=en")
    return str(visitor.page.locator("[data-hy-row] th a").first.get_attribute("href"))


def test_the_command_menu_finds_pages_by_pinyin_initials(bank: Bank, browser: Browser) -> None:
    visitor = at_the_desk(bank, browser)
    page: Page = visitor.page
    visitor.go("/desk/?lang=zh")
    page.keyboard.press("Control+k")
    expect(page.locator("#hy-command-q")).to_be_focused()
    page.keyboard.type("zgkb")
    expect(page.locator("#hy-command [role=option]").first).to_contain_text("主管看板")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/board/")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("#hy-command")).to_be_hidden()
    assert visitor.complaints == []
    visitor.context.close()


def test_without_a_script_the_menu_is_a_page(bank: Bank, browser: Browser) -> None:
    visitor = at_the_desk(bank, browser)
    visitor.go("/desk/go/?q=zgkb&lang=zh")
    visitor.page.get_by_role("link", name="主管看板").last.click()
    visitor.page.wait_for_url("**/desk/board/")
    visitor.context.close()


def test_a_list_is_walked_by_keys_and_the_keys_can_be_switched_off(bank: Bank, browser: Browser) -> None:
    visitor = at_the_desk(bank, browser)
    page = visitor.page
    visitor.go("/desk/work/?view=all&lang=en")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-hy-row] input:checked").count() == 1
    second = page.locator("[data-hy-row] th a").nth(1).get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_url(f"**{second}")
    page.keyboard.press("?")
    page.wait_for_url("**/desk/keys/")
    page.get_by_role("button", name="Switch the single keys off").click()
    visitor.go("/desk/work/?view=all&lang=en")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.evaluate("document.activeElement.closest('[data-hy-row]')") is None
    assert "/desk/work/" in page.url
    visitor.go("/desk/keys/?lang=en")
    page.get_by_role("button", name="Switch the single keys on").click()
    assert visitor.complaints == []
    visitor.context.close()


def test_beside_the_list_the_case_follows_the_keys_also_those_of_ones_own(bank: Bank, browser: Browser) -> None:
    visitor = at_the_desk(bank, browser)
    page = visitor.page
    visitor.go("/desk/keys/?lang=en")
    page.locator("#key-next").fill("y")
    page.get_by_role("button", name="Keep these keys").click()
    expect(page.get_by_role("button", name="Back to the usual keys")).to_be_visible()
    visitor.go("/desk/work/split/?view=all&state=working&lang=en")
    rows, peek = page.locator("[data-hy-main]"), page.locator("[data-hy-peek]")
    numbers = [row.locator("small").inner_text().split(" · ")[0] for row in rows.all()[:2]]
    page.keyboard.press("y")
    page.keyboard.press("y")
    expect(peek).to_contain_text(numbers[1])
    page.keyboard.press("k")
    expect(peek).to_contain_text(numbers[0])
    expect(rows.first).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    assert barriers(page) == []
    visitor.go("/desk/keys/?lang=en")
    page.get_by_role("button", name="Back to the usual keys").click()
    expect(page.locator("#key-next")).to_have_value("j")
    page.set_viewport_size({"width": 320, "height": 640})
    visitor.go("/desk/work/split/?view=all&state=working&lang=en")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    rows.nth(1).click()
    page.wait_for_url("**case=**")
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url(lambda url: "case=" not in url)
    assert visitor.complaints == []
    visitor.context.close()


def test_two_people_see_each_other_and_the_later_one_keeps_the_text(bank: Bank, browser: Browser) -> None:
    one, two = at_the_desk(bank, browser), at_the_desk(bank, browser, "Consumer-protection officer")
    case = first_open(one)
    one.go(f"{case}?lang=en")
    two.go(f"{case}?lang=en")
    expect(two.page.locator("[data-hy-here]")).to_contain_text("has this case open too")
    one.page.keyboard.press("a")
    one.page.locator("#classify > summary").click()
    one.page.locator("#classify select[name=cause]").select_option(index=2)
    two.page.locator("#classify > summary").click()
    two.page.locator("#classify select[name=cause]").select_option(index=3)
    mine = two.page.locator("#classify select[name=cause]").input_value()
    one.page.locator("#classify button").click()
    one.page.wait_for_load_state()
    two.page.locator("#classify button").click()
    expect(two.page.locator("h1")).to_have_text("A colleague was quicker")
    assert two.page.locator("select[name=cause]").input_value() == mine
    assert barriers(two.page) == []
    two.page.get_by_role("button", name="Use my version").click()
    two.page.wait_for_url(f"**{case}")
    assert one.complaints == [] and two.complaints == []
    one.context.close()
    two.context.close()


def test_a_colleague_is_named_in_a_note(bank: Bank, browser: Browser) -> None:
    visitor = at_the_desk(bank, browser)
    page = visitor.page
    visitor.go(f"{first_open(visitor)}?lang=en")
    page.keyboard.press("n")
    area = page.locator("#note textarea")
    expect(area).to_be_focused()
    page.keyboard.type("please look @")
    first = page.locator("#note .hy-suggest [role=option]").first
    page.keyboard.type("q0")
    expect(first).to_be_visible()
    page.keyboard.press("Enter")
    assert "(" in area.input_value() and area.input_value().startswith("please look @")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".hy-flash-success")).to_be_visible()
    assert visitor.complaints == []
    visitor.context.close()
