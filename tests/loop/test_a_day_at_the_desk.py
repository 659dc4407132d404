"""A day at the complaint desk of a branch, over HTTP: take over the shift, deal out the new cases, write, hand over."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from huiyin.resolve.cases.tests import stories


def hidden(html: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(verb|key|line|p_\w+)" value="([^"]*)"', html):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.once
def test_a_day_at_the_desk(cast: Any, at: datetime) -> None:
    new = [stories.hear(cast, at, phone=f"1390013900{n}") for n in range(3)]
    sun, qian, zhao = (cast.login(Client(), who) for who in ("sun", "qian", "zhao"))

    # The night's note waits, and is taken over.
    key = "0190d6e0-0000-7000-8000-000000000002"
    qian.post("/desk/shifts/", {"text": "张女士等回电", "watched": new[0].number, "key": key})
    assert f"/desk/shifts/{key}/" in zhao.get("/desk/work/").content.decode()
    zhao.post(f"/desk/shifts/{key}/take/")

    # The supervisor sees on the board that nobody has the new ones, and deals them out.
    board = sun.get("/desk/board/").content.decode()
    assert "以下工单无人经办" in board and "who=nobody" in board
    assert all(case.number in sun.get("/desk/work/?view=all&who=nobody").content.decode() for case in new)
    chosen = {"verb": "assign", "case": [str(case.pk) for case in new], "query": "view=all&who=nobody"}
    preview = sun.post("/desk/work/bulk/", chosen | {"asked": "1", "person": "10003"}).content.decode()
    result = sun.post("/desk/work/bulk/do/", hidden(preview), follow=True).content.decode()
    assert result.count("已完成") >= 3

    # The handler finds them first in the queue, keeps the list as a view, and names a colleague.
    mine = zhao.get("/desk/work/").content.decode()
    assert all(case.number in mine for case in new)
    kept = zhao.post("/desk/work/views/", {"query": "view=mine&within=7", "name": "本周"})
    assert zhao.get(kept["Location"], follow=True).status_code == 200
    case = stories.fresh(new[0])
    zhao.post(f"/desk/cases/{case.pk}/note/", {"text": "@钱进(10004) 请核对叫号记录", "version": case.version})
    assert "备注中提到了您" in qian.get("/desk/inbox/").content.decode()

    # Two people write at once: the later one gets both versions.
    stale = {"category": "savings", "cause": "service", "complexity": "simple", "severity": "ordinary"}
    version = stories.fresh(new[1]).version
    assert zhao.post(f"/desk/cases/{new[1].pk}/classify/", stale | {"version": version}).status_code == 302
    merge = sun.post(f"/desk/cases/{new[1].pk}/classify/", stale | {"version": version, "complexity": "complex"})
    assert merge.status_code == 409 and "我的版本" in merge.content.decode()

    # In the evening the list goes to the files, and the case into the archive.
    file = sun.post("/desk/work/export/", {"format": "xlsx", "query": "view=all"})
    assert file.status_code == 200 and b"".join(file.streaming_content)[:2] == b"PK"
    assert "案卷目录" in sun.get(f"/desk/cases/{case.pk}/dossier/").content.decode()
