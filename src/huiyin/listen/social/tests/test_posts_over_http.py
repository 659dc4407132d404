"""A monitoring service tells of public posts, through the real address with real signatures; each is kept once."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.ledger import queries as ledger
from huiyin.listen.channels import actions as channels
from huiyin.listen.channels import queries
from huiyin.listen.channels.models import Arrival
from huiyin.listen.channels.plugs.webhook.signing import signature
from huiyin.listen.social.models import Post
from huiyin.listen.social.queries import words
from huiyin.listen.voices.models import Voice
from huiyin.platform.vault import actions as vault

KEY, BY = "a-long-enough-first-key", machine("test")
MAPPING = (
    "source := weibo; ref = data.mid; text = data.text; posted_at = data.created; author = data.user.name;"
    " url = data.link; reach = data.reads; removed = data.deleted; unit = data.branch"
)  # fmt: skip
DATA = {
    "mid": 4998123, "text": "人民路网点排队两个小时只开一个窗口，差评", "created": 1772600400, "user": {"name": "早起的鱼"},
    "link": "https://weibo.example/1", "reads": 1200, "deleted": False, "branch": "O0101",
}  # fmt: skip


@pytest.fixture
def channel(cast, at):
    return channels.add_channel(
        code="watch", kind="posts", name="舆情监测", settings={"mapping": MAPPING}, secrets={"key": KEY}, enabled=True,
        by=BY, at=at,
    )  # fmt: skip


def tell(at, id="m1", key=KEY, **data):
    body, stamp = json.dumps({"data": DATA | data}).encode(), int(at.timestamp())
    headers = {
        "webhook-id": id, "webhook-timestamp": str(stamp), "webhook-signature": signature(key, id, stamp, body),
    }  # fmt: skip
    return Client().post("/hooks/watch/", body, content_type="application/json", headers=headers)


def test_a_post_is_kept_once_whatever_delivery_brings_it_and_the_counts_balance(channel, cast, at, settings):
    settings.HUIYIN_NOW = at.isoformat()
    first, again = tell(at), tell(at)
    assert first.status_code == 200 and first.json() == again.json() and first.json()["state"] == "recorded"
    post = Post.objects.get()
    assert first.json()["post"] == str(post.id) and "number" not in first.json()
    assert (post.source, post.reach, post.unit_id, post.owned) == ("weibo", 1200, cast.unit["O0101"].pk, False)
    assert words(post.id).text == DATA["text"] and words(post.id).author == "早起的鱼"
    other = tell(at, id="m2")  # the service sends it anew
    assert other.json() == {"id": other.json()["id"], "state": "rejected", "post": str(post.id), "reason": "duplicate"}
    gone = tell(at, id="m3", deleted=True)
    assert gone.json()["state"] == "recorded" and Post.objects.get().removed_at == at
    assert tell(at, text="别的话").status_code == 409  # the id of a delivery stands for one content
    assert [entry.type for entry in ledger.entries_of(f"post:{post.id}")] == [
        "post.heard",
        "post.judged",
        "post.removed",
    ]
    assert not Voice.objects.exists()
    (day,) = queries.days(channel.id, at - timedelta(days=1))
    assert (day.fetched, day.voices, day.records, day.rejected, day.waiting, day.drift) == (3, 0, 2, 1, 0, 0)
    page = cast.login(Client(), "zhou").get("/desk/channels/", headers={"accept-language": "en"}).content.decode()
    assert "Recorded" in page and "hy-chip-bad" not in page
    Arrival.objects.filter(key="m1").update(matter=channel.id)  # as if its post were gone
    assert queries.days(channel.id, at - timedelta(days=1))[0].drift == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"text": " "}, "empty"), ({"text": "长" * 20_001}, "too_long"), ({"mid": " "}, "problem"), ({"created": "soon"}, "problem"),
        ({"created": "2027-01-01T00:00:00+08:00"}, "in_future"), ({"created": "0001-01-01T00:00:00"}, "problem"),
        ({"reads": -1}, "problem"), ({"reads": True}, "problem"), ({"deleted": "perhaps"}, "problem"),
        ({"branch": "NOSUCH"}, "unknown_unit"), ({"user": {"name": "长" * 121}}, "too_long"), ({"text": ["a"]}, "problem"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_kept_for_a_person_and_half_of_it_nowhere(channel, at, data, why):
    answer = tell(at, **data)
    assert (answer.status_code, answer.json()["reason"]) == (400, why)
    assert Arrival.objects.get().state == "unreadable" and not Post.objects.exists()


def test_a_person_may_make_a_matter_of_what_could_not_be_taken(channel, cast, at, settings):
    settings.HUIYIN_NOW = at.isoformat()
    tell(at, branch="NOSUCH")
    sun = cast.login(Client(), "zhou")
    path = f"/desk/channels/arrivals/{Arrival.objects.get().id}/"
    assert "机构代码不存在" in sun.get(path).content.decode()
    assert sun.post(path, {"verb": "new"}).status_code == 302  # the branch is still unknown: said, not broken
    assert Arrival.objects.get().state == "unreadable"
    assert sun.post(path, {"verb": "enter", "text": "排队太久", "unit": ""}).status_code == 302
    assert Voice.objects.get().channel == "social"


def test_not_genuine_leaves_no_trace_and_an_erased_post_takes_its_bytes_along(channel, at):
    assert tell(at, key="another-long-enough-key").status_code == 401 and not Arrival.objects.exists()
    tell(at)
    vault.erase(subject=Post.objects.get().id, by=BY, at=at)
    assert queries.raw(Arrival.objects.get().id) is None


@pytest.mark.parametrize(
    "mapping", ["text = t; ref = r; posted_at = p", "text = t; source := x; ref = r", "nosuch = a"]
)
def test_a_mapping_that_lacks_what_a_post_needs_does_not_switch_it_on(channel, at, mapping):
    with pytest.raises(channels.Unfit):
        channels.set_channel(channel=channel.id, version=1, settings={"mapping": mapping}, by=BY, at=at)
