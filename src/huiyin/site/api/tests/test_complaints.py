"""Another system tells us of a complaint."""

from huiyin.ledger.models import Entry
from huiyin.listen.voices.models import Intake, Voice

PLAIN = {"channel": "phone", "text": "柜员态度很差", "customer": {"name": "张三", "phone": "13800138000"}}


def test_a_complaint_is_taken_and_everything_to_be_told_comes_back(caller):
    answer = caller.post(PLAIN | {"unit": "O0101"})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["number"].startswith("TS-20260305-")
    assert told["due_at"] and told["owner"]["name"] and told["state"] == "heard"
    assert "huiyin" in told["receipt"]
    assert caller.client.get(told["tracking_url"].removeprefix("http://localhost:8000")).status_code == 200
