"""The whole loop, as people walk it: one complaint from the portal to a proven repair, over a bank with two years behind it.

Everything goes through the product's own doors: pages in a browser, the API, the command line. Between the acts the
clock of the installation moves; nothing else is arranged.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.loop.running import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1500)]

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_DAY = "2026-03-08"  # of the generated history, a Sunday
MONDAY = datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI)
TUESDAY = datetime(2026, 3, 10, 14, 0, tzinfo=SHANGHAI)
NEXT_MONDAY = datetime(2026, 3, 16, 9, 0, tzinfo=SHANGHAI)
AUGUST = datetime(2026, 8, 3, 9, 0, tzinfo=SHANGHAI)  # April to July are whole months after the work
OUTLET, OUTLET_EN, OUTLET_PATH = "文昌路支行", "Wenchang Outlet", "HO/B01/O0101/"
NEIGHBOURS = 8  # others with the same trouble in the same week: more than chance, less than "serious"
WORDS = "在{where}取号排队{minutes}分钟，八个窗口只开了两个，大堂也没有人引导。"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("loop") / "home")
    made.huiyin("demo", "--no-serve", "--small", "--as-of", LAST_DAY)
    yield made
    made.stop()


class Person:
    """Somebody in front of a browser of their own."""

    def __init__(self, bank: Installation, browser: Browser, post: str = "", which: int = 0) -> None:
        context = browser.new_context(locale="en-GB", timezone_id="Asia/Shanghai", accept_downloads=True)
        self.bank, self.page = bank, context.new_page()
        self.page.set_default_timeout(30_000)
        self.name = ""
        if post:
            self.go("/accounts/login/?lang=en")
            people = self.page.locator("form[action*='/accounts/demo/'] button")
            tile = people.filter(has=self.page.get_by_text(post, exact=True)).nth(which)
            self.name = tile.locator("span > span").inner_text().split(" · ")[0]
            tile.click()
            self.page.wait_for_url("**/desk/**")
        else:
            self.go("/?lang=en")

    def go(self, path: str) -> Page:
        answer = self.page.goto(f"{self.bank.url}{path}")
        assert answer is not None and answer.status < 400, f"{path}: {answer.status if answer else None}"
        return self.page

    def press(self, name: str) -> None:
        """A button or a link by its words; the page that follows is a page, not an error."""
        known = self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        )
        assert known.count(), f"no {name!r} on {self.page.url}\n{self.main()}"
        with self.page.expect_navigation() as following:
            known.first.click()
        answer = following.value
        assert answer is None or answer.status < 400, f"{name}: {answer.status}\n{self.main()}"

    def fill(self, form: str = "form", **answers: str) -> None:
        within = self.page.locator(form)
        for name, value in answers.items():
            within.locator(f"[name={name}]").fill(value)

    def save(self, link: str, folder: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=link).first.click()
        kept = folder / f"{uuid4().hex[:6]}-{waiting.value.suggested_filename}"
        waiting.value.save_as(kept)
        return kept

    def main(self) -> str:
        return self.page.locator("main").inner_text()


def test_one_complaint_goes_all_the_way_round(bank: Installation, browser: Browser, tmp_path: Path) -> None:
    bank.serve_at(MONDAY)
    supervisor, analyst = Person(bank, browser, "Handling supervisor"), Person(bank, browser, "Quality analyst")
    quiet = week_on_the_dashboard(analyst, "M12")
    assert week_on_the_dashboard(analyst, "M05")[1] == 0

    customer = Person(bank, browser)
    number = complain(customer)
    receipts = [customer.save("Save the receipt", tmp_path)]
    customer.press("Open my page")
    tracking = customer.page.url.removeprefix(bank.url)

    first, second = (Person(bank, browser, "Complaint handler", which) for which in (0, 1))
    case = assign(supervisor, number, to=first.name)
    first.go(case)
    answer(first, "经核实，当日两名柜员临时请假，排班未及时调整，让您久等，我们深表歉意。")
    expect(customer.go(tracking).locator("main")).to_contain_text("深表歉意")
    dispute(customer)

    bank.serve_at(TUESDAY)
    refused_to_the_first(supervisor, case, first.name)
    assign(supervisor, number, to=second.name)
    second.go(case)
    answer(second, "重新核查后，我们已增开两个窗口，并安排大堂经理分流；附上整改后的排班表。")
    decide_the_cause(supervisor, case)
    accept_and_rate(customer, tracking)
    receipts += [customer.save("Signed receipt", tmp_path)]
    expect(supervisor.go(case).locator("main")).to_contain_text("Closed")
    neighbours_complain(bank)

    bank.serve_at(NEXT_MONDAY)
    assert quiet[1] < NEIGHBOURS < week_on_the_dashboard(analyst, "M12")[1] == 1 + NEIGHBOURS
    assert week_on_the_dashboard(analyst, "M05")[1] == 1
    customer.go(tracking)
    receipts.append(customer.save("Proof that it stands in the log", tmp_path))
    manager = Person(bank, browser, "Outlet manager")
    found = open_rectification(supervisor, owner=manager.name)
    repair(manager, found)
    verify(analyst, found)
    not_yet(Person(bank, browser, "Consumer-protection officer"), found)

    bank.serve_at(AUGUST)
    close(Person(bank, browser, "Consumer-protection officer"), found)
    told_of_the_outcome(supervisor, customer, tracking)
    everything_verifies(bank, receipts, tmp_path)


# Act one: the customer and the two who answer.


def complain(customer: Person) -> str:
    """Four steps, a page to check, and the confirmation with number, limit, owner and receipt."""
    page = customer.page
    customer.go("/complain/?lang=en")
    customer.fill("form.hy-form", text=WORDS.format(where=OUTLET, minutes=70))
    customer.press("Next")
    customer.fill("form.hy-form", where=OUTLET, occurred_at="2026-03-09")
    customer.press("Next")
    page.locator("[name=wish]").first.check()
    customer.press("Next")
    customer.fill("form.hy-form", name="林晓梅", phone="13912345678")
    page.locator("[name=privacy]").check()
    customer.press("Check my answers")
    assert "林晓梅" in customer.main() and "Nothing has been sent yet" in customer.main()
    customer.press("Send my complaint")
    confirmation = customer.main()
    assert "You have our answer by" in confirmation and "Responsible for it" in confirmation
    assert page.locator(".hy-qr svg").is_visible()
    found = re.search(r"TS-\d{8}-\d+", confirmation)
    assert found, confirmation
    return found[0]


def assign(supervisor: Person, number: str, *, to: str) -> str:
    """From the workbench to the case page, and to a handler; the address of the case comes back."""
    page = supervisor.go(f"/desk/work/?q={number}")
    page.locator("main a[href*='/desk/cases/']").first.click()
    page.wait_for_url(re.compile(r"/desk/cases/[0-9a-f-]{36}/"))
    case = page.url.removeprefix(supervisor.bank.url)
    page.locator("#assign summary").click()
    people = page.locator("#assign [name=person]")
    people.select_option(value=people.locator("option", has_text=to).first.get_attribute("value"))
    supervisor.press("Assign to somebody")
    assert to in page.locator("main").inner_text()
    return case


def answer(person: Person, text: str) -> None:
    person.fill("#reply form", text=text)
    person.page.locator("#reply [name=verified]").check()
    person.press("Submit the reply")
    person.press("Send the reply")
    expect(person.page.locator("main")).to_contain_text(text[:12])


def dispute(customer: Person) -> None:
    customer.press("No, examine it again")
    customer.fill("form.hy-form", text="只是道歉，没有说以后怎么办，我不接受。")
    customer.press("Send")
    expect(customer.page.locator("main")).to_contain_text("没有说以后怎么办")


def refused_to_the_first(supervisor: Person, case: str, first: str) -> None:
    """Who answered the first time does not examine it again."""
    page = supervisor.go(case)
    page.locator("#assign summary").click()
    people = page.locator("#assign [name=person] option")
    assert people.count() > 1
    assert not people.filter(has_text=first).count()


def decide_the_cause(supervisor: Person, case: str) -> None:
    page = supervisor.go(case)
    page.locator("#classify summary").click()
    form = page.locator("#classify form")
    form.locator("[name=category]").select_option("other")
    form.locator("[name=cause]").select_option("service")
    supervisor.press("Decide category and cause")
    page = supervisor.go(case)
    form = page.locator("#find form")
    form.locator("[name=root_cause]").select_option("process.staffing")
    form.locator("[name=post]").select_option("outlet_manager")
    supervisor.press("Record root cause and responsibility")


def accept_and_rate(customer: Person, tracking: str) -> None:
    expect(customer.go(tracking).locator("main")).to_contain_text("增开两个窗口")
    customer.press("Yes, it is settled")
    customer.go(tracking)
    customer.press("Rate us")
    customer.page.locator("[name=score][value='4']").check()
    customer.press("Send my rating")
    assert "Thank you" in customer.main()
    customer.go(tracking)


def neighbours_complain(bank: Installation) -> None:
    """The same trouble, told to the telephone and handed in by the bank's other system."""
    token = bank.run(str(Path(__file__).parents[2] / ".venv/bin/python"), "scripts/issue_token.py").split()[-1]
    with httpx.Client(base_url=bank.url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as api:
        for n in range(NEIGHBOURS):
            body = {"channel": "phone", "text": WORDS.format(where=OUTLET, minutes=40 + n), "unit": "O0101"}
            body |= {"customer": {"name": f"客户{n}", "phone": f"1370000{n:04d}"}}
            taken = api.post("/api/v1/complaints", json=body, headers={"Idempotency-Key": f"neighbour-{n}"})
            assert taken.status_code == 201, taken.text


# Act two: the number, the alert and the repair.


def week_on_the_dashboard(person: Person, code: str) -> tuple[str, int]:
    """(number, n) of the last whole week at this outlet, as the dashboard shows them."""
    person.go(f"/desk/indicators/?unit={OUTLET_PATH}&grain=week&lang=en")
    row = person.page.locator("tbody tr").filter(has_text=f"{code} ·")
    now, n = row.locator("td.hy-num").nth(0).inner_text(), row.locator("td.hy-num").nth(1).inner_text()
    return now.split("\n")[0], int(n.replace(",", ""))


def open_rectification(supervisor: Person, *, owner: str) -> str:
    """The alert says what it saw and why; accepting it opens a rectification."""
    supervisor.go("/desk/alerts/?lang=en")
    supervisor.page.get_by_role("link", name=re.compile(OUTLET_EN)).first.click()
    expect(supervisor.page.locator("h1")).to_contain_text(OUTLET_EN)
    told = re.search(r"(\d+) complaints where", supervisor.main())
    assert told and int(told[1]) >= NEIGHBOURS, supervisor.main()
    supervisor.press("Accept and open a rectification")
    people = supervisor.page.locator("[name=owner]")
    people.select_option(value=people.locator("option", has_text=owner).first.get_attribute("value"))
    supervisor.press("Open the rectification")
    found = re.search(r"/desk/rectifications/[0-9a-f-]{36}/", supervisor.page.url)
    assert found, supervisor.main()
    return found[0]


def repair(manager: Person, found: str) -> None:
    """Plan, evidence, done."""
    manager.go(found)
    plan = "form[action$='/plan/']"
    manager.page.locator(f"{plan} [name=cause_code]").select_option("service")
    manager.fill(plan, cause="排班不随客流调整。", plan="一、周一增开两个窗口；二、客流超过三十人时由大堂经理分流。")
    manager.press("Save the plan")
    manager.page.locator("details:has(form[action$='/evidence/']) summary").first.click()
    manager.fill("form[action$='/evidence/']", text="新排班表与叫号系统四周记录已存档。")
    manager.press("Add evidence")
    finish = manager.page.locator("details:has(form[action$='/finish/']) summary")
    if finish.count():
        finish.first.click()
    manager.fill("form[action$='/finish/']", text="排班规则已改，窗口按客流增开。")
    manager.press("Report as done")


def verify(analyst: Person, found: str) -> None:
    analyst.go(found)
    analyst.fill("form[action$='/verify/']", text="周一现场查看，四个窗口在岗，等候九分钟。")
    analyst.press("Confirm")
    expect(analyst.page.locator("main")).to_contain_text("Cannot tell yet")


def not_yet(officer: Person, found: str) -> None:
    """Nobody closes what the number has not shown."""
    officer.go(found)
    assert not officer.page.get_by_role("button", name="Close the rectification").count()


def close(officer: Person, found: str) -> None:
    officer.go(found)
    assert "Effect shown" in officer.main()
    officer.fill("form[action$='/close/']", text="文昌路支行已按客流增开窗口，四个月来未再集中排队，感谢您的反映。")
    officer.press("Close the rectification")
    assert "Closed" in officer.main()


def told_of_the_outcome(supervisor: Person, customer: Person, tracking: str) -> None:
    """Who opened it reads it in the inbox, and the customer on their page."""
    supervisor.go("/desk/inbox/?lang=en")
    assert "is closed: the effect is shown" in supervisor.main()
    assert "未再集中排队" in customer.go(tracking).locator("main").inner_text()


def everything_verifies(bank: Installation, receipts: list[Path], folder: Path) -> None:
    """With the public key alone, on a machine that has never seen the bank; and the whole ledger at home."""
    key = folder / "key"
    key.write_text(httpx.get(f"{bank.url}/ledger/key").text)
    elsewhere = Installation(folder / "elsewhere")
    for receipt in receipts:
        elsewhere.huiyin("verify", str(receipt), "--key", str(key))
    bank.huiyin("verify", "--ledger", *(word for kept in receipts for word in ("--against", str(kept))))
    assert not elsewhere.home.exists()
