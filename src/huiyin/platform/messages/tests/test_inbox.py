"""What colleagues are told, and who sees it."""

import pytest

from huiyin.kernel.actor import machine
from huiyin.platform.messages import actions, queries
from huiyin.platform.messages.models import Notice
from huiyin.protect.identity.models import User

BY = machine("test")


def tell(cast, who: str, key: str = "k", link: str = "/desk/") -> None:
    actions.notify(
        staff=getattr(cast, who).pk, kind="case_opened", matter=None, params={"number": "TS-1"}, link=link, by=BY,
        at=cast.at, key=key,
    )  # fmt: skip


def test_the_same_thing_is_told_once(cast):
    tell(cast, "zhao")
    tell(cast, "zhao")
    assert queries.unread_count(cast.zhao.pk) == 1


def test_an_account_of_nobody_on_the_staff_list_has_an_empty_inbox(cast, client):
    """The first administrator: the menu leads there, too."""
    User.objects.filter(pk=cast.user["admin"].pk).update(staff=None)
    page = cast.login(client, "admin").get("/desk/inbox/")
    assert page.status_code == 200 and "/desk/inbox/" in client.get("/desk/").content.decode()


def test_everybody_reads_only_their_own_inbox(cast, client):
    tell(cast, "zhao")
    cast.login(client, "qian")
    assert "TS-1" not in client.get("/desk/inbox/").content.decode()
    notice = Notice.objects.get()
    assert client.post(f"/desk/inbox/{notice.id}/").status_code == 404
    cast.login(client, "zhao")
    page = client.get("/desk/inbox/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "新工单 TS-1 由您首问负责" in page
    english = client.get("/desk/inbox/?lang=en").content.decode()
    assert "You are answerable for the new case TS-1" in english


def test_opening_a_line_reads_it_and_leads_there(cast, client):
    tell(cast, "zhao", link="/desk/cases/x/")
    cast.login(client, "zhao")
    answer = client.post(f"/desk/inbox/{Notice.objects.get().id}/")
    assert answer["location"] == "/desk/cases/x/"
    assert queries.unread_count(cast.zhao.pk) == 0


def test_a_line_never_leads_to_another_site(cast, client):
    tell(cast, "zhao", link="//evil.example/")
    cast.login(client, "zhao")
    assert client.post(f"/desk/inbox/{Notice.objects.get().id}/")["location"] == "/desk/inbox/"


def test_all_can_be_marked_as_read(cast, client):
    for n in range(3):
        tell(cast, "zhao", key=str(n))
    cast.login(client, "zhao")
    client.post("/desk/inbox/read/")
    assert queries.unread_count(cast.zhao.pk) == 0
    assert "<table" not in client.get("/desk/inbox/?show=unread").content.decode()


@pytest.mark.parametrize("path", ["/desk/inbox/?page=-1", "/desk/inbox/?page=1000000000", "/desk/inbox/?page=x"])
def test_odd_page_numbers_are_capped(cast, client, path):
    tell(cast, "zhao")
    cast.login(client, "zhao")
    assert client.get(path).status_code == 200
