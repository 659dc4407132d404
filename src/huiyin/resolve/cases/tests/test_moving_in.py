"""A bank moves in with its own complaints: open ones run from their true day, closed ones stay as they ended."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from huiyin.bank.clocks import queries as clocks
from huiyin.kernel.actor import machine
from huiyin.ledger import queries as ledger
from huiyin.listen.voices import queries as voices
from huiyin.platform.imports import actions as imports
from huiyin.platform.imports import queries as sheets
from huiyin.platform.messages.models import Message, Notice
from huiyin.resolve.cases.actions import move_in
from huiyin.resolve.cases.models import Case, Closure, Escalation
from huiyin.resolve.cases.rules.moving import wrong

BY = machine("import")
HEAD = "原系统编号,收到时间,状态,受理渠道,机构编码,投诉内容,客户姓名,客户电话,业务类别,投诉原因,责任人工号,经办人工号,答复时间,办结时间,办结结果,是否按期\n"
CLOSED = "OLD-1,2025-11-03 09:20,已办结,网点柜台,O0101,排队一小时,张桂兰,13800138000,人民币储蓄,服务态度及服务质量,10001,10003,2025-11-07 15:00,2025-11-10 09:00,已解决,是\n"
ANSWERED = "OLD-2,2026-02-20 10:00,已答复,Telephone,O0102,年费重复收取,刘洋,13900139000,bank_card,Pricing and fees,10003,,2026-03-03 11:30,,,\n"
LATE = "OLD-3,2025-12-01 10:00,处理中,监管转办,B01,理财未到账,王芳,13700137000,自营理财,,10003,,,,,\n"
FRESH = "OLD-4,2026-03-05 09:00,待受理,网点柜台,O0101,柜员态度差,李雷,13600136000,,,,,,,,\n"


def brought(tmp_path: Path, at: Any, *lines: str, head: str = HEAD) -> imports.Report:
    file = tmp_path / "own.csv"
    file.write_text(head + "".join(lines), "utf-8")
    return imports.run(mapping=sheets.mapping("cases"), source=file, sink=move_in, by=BY, at=at)


def case_of(ref: str) -> Case:
    (id,) = voices.known_refs("own", [f"own:{ref}"]).values()
    return Case.objects.get(pk=id)


def test_each_complaint_comes_in_as_it_stood(cast, at, tmp_path) -> None:
    report = brought(tmp_path, at, CLOSED, ANSWERED, LATE, FRESH)
    assert (report.new, report.rejected) == (4, 0), report.faults
    closed, answered, late, new = (case_of(f"OLD-{n}") for n in (1, 2, 3, 4))
    assert (closed.state, closed.outcome, closed.category, closed.cause) == ("closed", "resolved", "savings", "service")
    assert closed.owner_id == cast.wang.pk and Closure.objects.get(case=closed).closed_at == closed.closed_at
    assert closed.answered_at.isoformat() == "2025-11-07T07:00:00+00:00"
    assert (answered.state, answered.cause, answered.channel) == ("answered", "pricing", "phone")
    assert (late.state, late.handler_id) == ("working", cast.zhao.pk)
    assert (new.state, new.to_classify) == ("new", True) and new.owner_id is not None
    assert voices.words(closed.pk).name == "张桂兰"


def test_t31_open_clocks_run_from_the_day_it_was_really_received(cast, at, tmp_path) -> None:
    brought(tmp_path, at, LATE, FRESH)
    late, new = case_of("OLD-3"), case_of("OLD-4")
    assert late.due_at < at < new.due_at
    assert {view.anchor_at for view in clocks.clocks_of(late.pk)} == {late.received_at}
    assert late.rank_at < new.rank_at


def test_t32_late_on_arrival_is_one_notice_not_a_storm(cast, at, tmp_path) -> None:
    brought(tmp_path, at, LATE)
    late = case_of("OLD-3")
    breached = [view for view in clocks.clocks_of(late.pk) if view.standing(at) == "late"]
    assert len(breached) > 1
    assert Notice.objects.filter(matter=late.pk).count() == Escalation.objects.filter(case=late).count() == 1
    assert not Message.objects.exists(), "no customer of before gets an acknowledgement now"


def test_what_the_old_system_attests_is_kept_as_attested(cast, at, tmp_path) -> None:
    brought(tmp_path, at, CLOSED, LATE)
    views = clocks.clocks_of(case_of("OLD-1").pk)
    decided = [view for view in views if view.family == "TOTAL"]
    assert [(view.met, view.evidence) for view in decided] == [(True, "source")]
    assert not any(view.open and view.standing(at) == "late" for view in views)
    acknowledged = [view for view in clocks.clocks_of(case_of("OLD-3").pk) if view.family in ("ACK", "RESPONSE")]
    assert {view.evidence for view in acknowledged} == {"source"} and not any(view.open for view in acknowledged)
    assert not Notice.objects.filter(matter=case_of("OLD-1").pk).exists()


def test_the_same_file_again_is_nothing_new(cast, at, tmp_path) -> None:
    brought(tmp_path, at, CLOSED, LATE)
    size = ledger.waiting(), ledger.head()[0], Case.objects.count()
    again = brought(tmp_path, at + timedelta(days=1), CLOSED, LATE)
    assert (again.new, again.unchanged) == (0, 2) and Case.objects.count() == 2
    assert Notice.objects.count() == 1 and size[2] == 2


BAD = [
    (CLOSED.replace("O0101", "NOWHERE"), "unknown_unit"),
    (CLOSED.replace("10001", "77777"), "unknown_staff"),
    (CLOSED.replace("2025-11-10 09:00", ""), "closed_without_time"),
    (CLOSED.replace("2025-11-10 09:00", "2025-11-01 09:00"), "before_answered"),
    (CLOSED.replace("2025-11-07 15:00", "2025-11-01 15:00"), "before_received"),
    (CLOSED.replace("2025-11-03 09:20", "2027-11-03 09:20"), "in_future"),
    (CLOSED.replace("OLD-1", "沪投诉2025-1"), "no_code"),
    (CLOSED.replace("人民币储蓄", "月球业务"), "not_choice"),
    (CLOSED.replace("已办结", "处理中"), "time_but_open"),
    (LATE.replace("2025-12-01 10:00", "昨天"), "not_date"),
    (LATE.replace("理财未到账", ""), "missing"),
    (ANSWERED.replace("2026-03-03 11:30", ""), "answered_without_time"),
]


@pytest.mark.parametrize(("line", "code"), BAD, ids=[code for _line, code in BAD])
def test_a_row_that_cannot_be_is_reported_and_the_others_come_in(cast, at, tmp_path, line, code) -> None:
    report = brought(tmp_path, at, line, FRESH)
    assert [(number, fault.code) for number, fault in report.faults] == [(2, code)]
    assert "%" not in sheets.reason(report.faults[0][1]) and Case.objects.count() == 1


def test_a_bilingual_header_is_understood(cast, at, tmp_path) -> None:
    head = "原系统编号 Number in the old system*,收到时间 Received*,状态 State*,受理渠道 Channel*,机构编码 Unit code*,投诉内容 What was said*\n"
    assert brought(tmp_path, at, "X-1,2026-03-01 10:00,New,E-mail,O0101,hello\n", head=head).new == 1


def test_two_customers_of_one_number_stay_two(cast, at, tmp_path) -> None:
    """T39: a telephone that a family shares makes nobody the same person."""
    brought(tmp_path, at, LATE, FRESH.replace("13600136000", "13700137000"))
    assert case_of("OLD-3").customer != case_of("OLD-4").customer


def test_the_rules_name_the_column(at) -> None:
    row = {"received_at": at, "status": "closed", "answered_at": None, "closed_at": at - timedelta(days=1)}
    assert wrong(row, at) == ("closed_at", "before_received")
    assert wrong(row | {"closed_at": at}, at) is None


def test_it_is_found_by_its_old_number(cast, at, tmp_path) -> None:
    from huiyin.ledger.actions import seal
    from huiyin.resolve.finding.actions import keep_up
    from huiyin.resolve.finding.queries import Asked, find

    brought(tmp_path, at, CLOSED.replace("OLD-1,", "OLD-2025-318,"))
    seal(at=at)
    keep_up()
    for q in ("OLD-2025-318", "old2025318"):
        assert [line.why.code for line in find(Asked(q), cast.actor("sun"), at).lines] == ["number"]
