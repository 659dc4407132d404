"""Fifty at once: on one case one wins and nothing is lost; of one complaint delivered fifty times there is one case."""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import machine
import torture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
CROWD = 50
BODY: dict[str, Any] = {"channel": "phone", "text": "在人民路支行排队一个小时，窗口只开了两个。", "unit": "O0101",
        "customer": {"name": "王小明", "phone": "13600136000"}}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[torture.Product, str]]:
    """A small bank with its web process, on the database that is being tested."""
    home = tmp_path_factory.mktemp("crowd")
    if not os.environ.get("HUIYIN_DATABASE_URL"):
        yield from served(home, "")
        return
    with machine.postgresql() as address:
        if address is None:
            pytest.skip("NO POSTGRESQL COULD BE STARTED: fifty at once are not proven on it here")
        yield from served(home, address)


def served(home: Path, address: str) -> Iterator[tuple[torture.Product, str]]:
    product = torture.Product(home, torture.free_port(), address)
    made = product.run(torture.HUIYIN, "init", "--yes")
    assert made.returncode == 0, made.stderr
    _session, token = product.run(torture.PYTHON, str(ROOT / "scripts" / "issue_token.py")).stdout.split()
    product.start("web")
    product.wait_until_up()
    try:
        yield product, token
    finally:
        product.kill("web")


def deliver(place: tuple[torture.Product, str], bodies: list[tuple[str, dict[str, Any]]]) -> list[httpx.Response]:
    """Each (key, body) on a connection of its own, all at once."""
    product, token = place
    start, answers = threading.Barrier(len(bodies)), []

    def send(key: str, body: dict[str, Any]) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{product.port}", timeout=60) as web:
            start.wait()
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
            answers.append(web.post("/api/v1/complaints", headers=headers, json=body))

    crowd = [threading.Thread(target=send, args=pair) for pair in bodies]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return answers


def counted(product: torture.Product, phone: str) -> int:
    code = (
        "import django; django.setup()\n"
        "from huiyin.customers.profiles.queries import who_has\n"
        "from huiyin.resolve.cases.models import Case\n"
        f"print(Case.objects.filter(customer__in=who_has('phone', '{phone}')).count())"
    )
    done = product.run(torture.PYTHON, "-c", code)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_t56_fifty_threads_on_one_case_have_one_winner_and_lose_nothing(place: Any) -> None:
    product, _token = place
    done = product.run(torture.PYTHON, str(ROOT / "tests" / "loop" / "crowd.py"))
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["drafts"].pop("done") == 1, told
    assert sum(told["drafts"].values()) == CROWD - 1 and not any("BUG" in end for end in told["drafts"]), told
    assert told["risen"] == told["reply_facts"] == 1 and told["one"]
    assert told["notes"] == {"done": CROWD} and told["note_facts"] == CROWD, told
    assert told["texts"] == [f"备注{n:02}" for n in range(CROWD)]
    assert told["whole"], "the stream has a gap"
    assert told["seconds"] < 60


def test_t38_fifty_deliveries_of_one_complaint_make_one_case(place: Any) -> None:
    answers = deliver(place, [("the-same-key", BODY)] * CROWD)
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len({answer.json()["tracking_code"] for answer in answers}) == 1
    assert counted(place[0], BODY["customer"]["phone"]) == 1
    assert deliver(place, [("the-same-key", BODY | {"text": "别的话"})])[0].status_code == 409


def test_t37_the_same_message_200_ms_later_is_the_same_case(place: Any) -> None:
    body = BODY | {"customer": {"name": "刘洋", "phone": "13700137000"}}
    first = deliver(place, [("once", body)])
    time.sleep(0.2)
    second = deliver(place, [("once", body)])
    assert [answer.status_code for answer in first + second] == [201, 200]
    assert first[0].json() == second[0].json()
    assert counted(place[0], "13700137000") == 1
