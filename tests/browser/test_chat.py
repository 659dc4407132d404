"""A customer and an agent talk in two browsers without reloading, and the pages around it shut nobody out."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from huiyin.listen.chats.models import Chat, Line
from huiyin.listen.counters import actions as counters
from huiyin.listen.counters import queries as counted
from tests.browser.looks import barriers, foreign, sideways

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]


def look(page: Page, language: str) -> list[str]:
    wide = sideways(page)
    found = [*barriers(page), *foreign(page, language), *([wide] if wide else [])]
    page.set_viewport_size({"width": 1280, "height": 900})
    return [f"{page.url}: {line}" for line in found]


def test_two_people_talk_without_reloading(live_server: Any, browser: Browser, cast: Any) -> None:
    spot = counters.open_spot(unit=cast.unit["O0101"].pk, label="", by=cast.actor("li"), at=cast.at)
    customer, agent = browser.new_context(), browser.new_context()
    session = cast.login(Client(), "zhao").cookies["sessionid"].value
    agent.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page, desk = customer.new_page(), agent.new_page()
    wrong: list[str] = []
    for one in (page, desk):
        one.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        one.on("pageerror", lambda error: wrong.append(str(error)))

    page.goto(f"{live_server.url}/chat/?lang=en")
    wrong += look(page, "en")
    page.get_by_role("button", name="Skip the questions: straight to a person").click()
    expect(page.locator("#chat-status")).to_contain_text("You are next.")
    wrong += look(page, "en")
    desk.goto(f"{live_server.url}/desk/chats/?lang=zh&theme=dark")
    wrong += look(desk, "zh")
    desk.get_by_role("button", name=re.compile("^接入")).click()
    expect(page.locator("#chat-status")).to_contain_text("is responsible for this chat", timeout=30000)
    page.get_by_label("Message", exact=False).first.fill("Where is my card?")
    assert not Line.objects.filter(side="customer").exists()  # nothing is sent while somebody types
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(desk.locator("#chat-log")).to_contain_text("Where is my card?", timeout=30000)
    assert Line.objects.filter(side="customer").count() == 1
    desk.locator("#chat-write textarea").fill("Sent <b>yesterday</b>.")
    desk.locator("#chat-write textarea").press("Control+Enter")
    expect(page.locator("#chat-log")).to_contain_text("Sent <b>yesterday</b>.", timeout=30000)
    customer.set_offline(True)
    desk.locator("#chat-write textarea").fill("Second line.")
    desk.locator("#chat-write textarea").press("Control+Enter")
    expect(desk.locator("#chat-log")).to_contain_text("Second line.", timeout=30000)
    expect(page.locator("#chat-trouble")).to_be_visible(timeout=30000)
    customer.set_offline(False)
    expect(page.locator("#chat-log")).to_contain_text("Second line.", timeout=60000)
    assert page.locator("#chat-log li[data-seq]").count() == Line.objects.count()  # nothing twice, nothing lost
    wrong = [line for line in wrong if "ERR_INTERNET_DISCONNECTED" not in line]
    wrong += look(desk, "zh")
    page.goto(f"{page.url}?mode=care")
    wrong += look(page, "en")
    page.get_by_role("button", name="End the chat").click()
    expect(page.get_by_text("How satisfied are you with this chat?")).to_be_visible()
    assert Chat.objects.get().state == "ended"

    start = counted.address(spot).replace("http://localhost:8000", live_server.url)
    page.goto(f"{start}?lang=en&tablet=1")
    wrong += look(page, "en")
    page.get_by_role("link", name="Very dissatisfied", exact=True).click()
    wrong += look(page, "en")
    page.get_by_role("button", name="Send", exact=True).first.click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.wait_for_url(f"{start}?tablet=1", timeout=30000)  # by itself
    manager = browser.new_context()
    session = cast.login(Client(), "li").cookies["sessionid"].value
    manager.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    there = manager.new_page()
    for path in ("", "new/", f"{spot.pk}/code/"):
        there.goto(f"{live_server.url}/desk/counters/{path}?lang=zh")
        wrong += look(there, "zh")
    assert wrong == [], "\n".join(wrong)
