"""Finds the pages there are: from the links that each role sees, one page for each address pattern."""

import json
import re
import time
from collections import deque
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
from django.urls import Resolver404, resolve

LINK = re.compile(r'<a\b[^>]*?\shref="([^"#]+)', re.IGNORECASE)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PERSON = re.compile(r'<button[^>]*name="user" value="(\d+)"[^>]*>.*?<strong>([^<]+)</strong>', re.DOTALL)
# Addresses that give a file or data, not a page; or end the visit.
NO_PAGE = re.compile(r"^/(api|ledger|static|healthz|accounts/logout)|\.(csv|svg|png|json|txt|zip|toml|xlsx)$|/export")


@dataclass(frozen=True)
class Found:
    route: str
    path: str
    role: str


def people(url: str) -> dict[str, str]:
    """Post (in English) -> account, of the demonstration's sign-in page."""
    answer = httpx.get(f"{url}/accounts/login/?lang=en")
    return {post.strip(): pk for pk, post in PERSON.findall(answer.text)}


def session(url: str, account: str) -> httpx.Client:
    client = httpx.Client(**_client(url))
    token = TOKEN.search(client.get("/accounts/login/?lang=en").text)
    assert token
    client.post(
        "/accounts/demo/",
        data={"user": account, "csrfmiddlewaretoken": token.group(1), "next": "/desk/"},
        headers={"Referer": f"{url}/accounts/login/"},
    )
    return client


@dataclass
class Map:
    pages: list[Found]
    broken: list[str]  # links that lead nowhere, and who was offered them


def crawl(url: str, shared: Path) -> Map:
    """One page for each route that any role can reach by links.

    Processes that look at copies of the same bank share the walk through a folder: each takes the next role that
    nobody has taken, and all read what was found.
    """
    accounts = people(url)
    walks = [("", ["/", "/complain/", "/track/"]), *((post, ["/desk/"]) for post in accounts)]
    shared.mkdir(exist_ok=True)
    for number, (role, start) in enumerate(walks):
        try:
            (shared / str(number)).mkdir()
        except FileExistsError:
            continue
        client = session(url, accounts[role]) if role else httpx.Client(**_client(url))
        found: dict[str, Found] = {}
        broken: list[str] = []
        _walk(client, role, start, found, broken)
        half = shared / f"{number}.half"
        half.write_text(json.dumps({"found": [astuple(one) for one in found.values()], "broken": broken}))
        half.rename(shared / f"{number}.json")
    pages: dict[str, Found] = {}
    unheard: list[str] = []
    for number in range(len(walks)):
        told = _told(shared / f"{number}.json")
        for one in told["found"]:
            pages.setdefault(one[0], Found(*one))
        unheard += told["broken"]
    return Map(list(pages.values()), unheard)


def _told(path: Path) -> dict[str, Any]:
    end = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < end, f"another process did not finish its walk: {path}"
        time.sleep(0.2)
    told: dict[str, Any] = json.loads(path.read_text())
    return told


def _client(url: str) -> dict[str, Any]:
    return {"base_url": url, "follow_redirects": True, "timeout": 60}


def _walk(client: httpx.Client, role: str, start: list[str], found: dict[str, Found], broken: list[str]) -> None:
    waiting, seen = deque(start), set(start)
    routes: set[str] = set()
    while waiting:
        path = waiting.popleft()
        route = _route(path)
        if route is None:
            broken.append(f"{role or 'customer'}: {path} is no address of the product")
            continue
        if route in routes and path not in start:
            continue
        routes.add(route)
        answer = client.get(path)
        if answer.status_code >= 400:
            broken.append(f"{role or 'customer'}: {path} answers {answer.status_code}")
        ended = answer.url.path
        path_only = path.partition("?")[0]
        if (
            ended != path_only and ended not in seen
        ):  # sent on to another page: that one is looked at under its own name
            seen.add(ended)
            waiting.append(ended)
        if ended != path_only or answer.status_code != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found.setdefault(route, Found(route, path, role))
        for link in LINK.findall(answer.text):
            there = urlsplit(urljoin(str(answer.url), link.replace("&amp;", "&")))
            if there.netloc != urlsplit(str(client.base_url)).netloc or NO_PAGE.search(there.path):
                continue
            onward = there.path + _kept(there.query)
            if onward not in seen:
                seen.add(onward)
                waiting.append(onward)


def _kept(query: str) -> str:
    """The query of a link, without the display choices (a sealed link is dead without its seal)."""
    kept = [(name, value) for name, value in parse_qsl(query) if name not in ("lang", "theme", "mode", "density")]
    return f"?{urlencode(kept)}" if kept else ""


def _route(path: str) -> str | None:
    try:
        return resolve(path.partition("?")[0]).route
    except Resolver404:
        return None
