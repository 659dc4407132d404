"""Reminders, flags, colleagues named in a note, and the case as a dossier."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from huiyin.ledger import queries as ledger
from huiyin.platform.messages.models import Notice
from huiyin.resolve.cases import actions
from huiyin.resolve.cases.actions import NotAllowed, Refused, Stale
from huiyin.resolve.cases.rules import mentions
from huiyin.resolve.cases.tests import stories

NAMED = (
    ("请 @王芳(10003) 看一下", ["10003"]),
    ("@10003 @10004，尽快", ["10003", "10004"]),
    ("＠赵敏（10003）@赵敏(10003)", ["10003"]),
    ("邮箱 a@b.com，金额 @5", []),
    ("@WangFang(10003)@LiQiang(10002)", ["10003", "10002"]),
    ("(10003)", []),
)


@pytest.mark.parametrize(("text", "numbers"), NAMED)
def test_a_note_names_colleagues_by_their_number(text: str, numbers: list[str]) -> None:
    assert mentions.numbers(text) == numbers
    assert len(mentions.numbers(" ".join(f"@{n}" for n in range(10000, 10100)))) == mentions.MOST


def test_only_colleagues_who_may_see_the_case_are_told(cast: Any, at: datetime) -> None:
    """陈 works at another branch; 赵 wrote the note; 周 is of head office."""
    case = stories.taken(cast, at)
    text = "@赵敏(10003) @钱进(10004) @周正(10006) @陈晨(10011) @nobody(99999) 请协助"
    actions.note(case=case.pk, text=text, by=cast.actor("zhao"), at=at)
    told = set(Notice.objects.filter(kind="case_mentioned").values_list("staff", flat=True))
    assert told == {cast.qian.pk, cast.zhou.pk}
    assert "请协助" not in str(ledger.entries_of(case.stream))


def test_somebody_recused_is_not_told(cast: Any, at: datetime) -> None:
    case = stories.taken(cast, at)
    actions.accuse(case=case.pk, person=cast.qian.pk, by=cast.actor("zhou"), at=at)
    actions.note(case=case.pk, text="@钱进(10004)", by=cast.actor("zhao"), at=at)
    assert not Notice.objects.filter(kind="case_mentioned").exists()


def test_a_supervisor_reminds_whoever_works_on_it(cast: Any, at: datetime) -> None:
    case = stories.taken(cast, at)
    actions.remind(case=case.pk, by=cast.actor("sun"), at=at, version=case.version)
    assert Notice.objects.get(kind="case_reminded").staff == cast.zhao.pk
    assert ledger.entries_of(case.stream)[-1].type == "case.reminded"
    with pytest.raises(Stale):
        actions.remind(case=case.pk, by=cast.actor("sun"), at=at, version=case.version)
    with pytest.raises(NotAllowed):
        actions.remind(case=case.pk, by=cast.actor("zhao"), at=at)
    with pytest.raises(Refused):
        actions.remind(case=stories.answered(cast, at, phone="13900139001").pk, by=cast.actor("sun"), at=at)


def test_a_flag_is_put_on_and_taken_off_but_not_one_of_the_products_own(cast: Any, at: datetime) -> None:
    case, zhao = stories.taken(cast, at), cast.actor("zhao")
    before = stories.fresh(case).flag_codes
    actions.set_flag(case=case.pk, flag="media", on=True, by=zhao, at=at)
    assert stories.fresh(case).flag_codes == (*before, "media")
    for flag, on in (("media", True), ("legal", False), ("risk", True), ("nonsense", True)):
        with pytest.raises(Refused):
            actions.set_flag(case=case.pk, flag=flag, on=on, by=zhao, at=at)
    actions.set_flag(case=case.pk, flag="media", on=False, by=zhao, at=at)
    assert stories.fresh(case).flag_codes == before


def test_a_dossier_is_numbered_through_and_proven(cast: Any, at: datetime, client: Client) -> None:
    case = stories.answered(cast, at)
    actions.note(case=case.pk, text="内部讨论记录", by=cast.actor("zhao"), at=at)
    sun = cast.login(client, "sun")
    html = sun.get(f"/desk/cases/{case.pk}/dossier/").content.decode()
    assert "案卷目录" in html and "内部讨论记录" in html and "各条记录均与封存一致" in html
    numbers = [int(part.split('"')[0]) for part in html.split('id="item-')[1:]]
    assert numbers == list(range(1, len(numbers) + 1)) and f'href="#item-{numbers[-1]}"' in html
    assert "张*兰" in html and "张桂兰" not in html and "13800138000" not in html
    assert "内部讨论记录" not in sun.get(f"/desk/cases/{case.pk}/dossier/?notes=0").content.decode()
    assert ledger.entries_of(case.stream)[0].hash.hex() in html
    assert cast.login(Client(), "chen").get(f"/desk/cases/{case.pk}/dossier/").status_code == 404
