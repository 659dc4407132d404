"""Complaints from the regulator's files: what a source breaks in a name does not break the import."""

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huiyin.kernel.actor import machine
from huiyin.ledger.actions import microseconds
from huiyin.ledger.queries import entries_of
from huiyin.listen.voices import actions
from huiyin.listen.voices.models import Voice

pytestmark = pytest.mark.django_db
HEADER = (
    "Date received,Product,Sub-product,Issue,Sub-issue,Consumer complaint narrative,Company public response,Company,"
    "State,ZIP code,Tags,Consumer consent provided?,Submitted via,Date sent to company,Company response to consumer,"
    "Timely response?,Consumer disputed?,Complaint ID\n"
)
ROW = (
    '2016-03-04,Mortgage,,"Loan servicing,\nescrow",,,,"Altisource S.\x85 r.l.",FL,33012,,,Web,2016-03-05,'
    "Closed with explanation,Yes,No,1818\n"
)


def test_line_breaks_inside_a_name_become_spaces(cast, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv.gz"
    file.write_bytes(gzip.compress((HEADER + ROW).encode()))
    report = actions.import_complaints(path=file, mapping="cfpb", by=machine("test"), at=cast.at)
    assert (report.read, report.new, report.rejected) == (1, 1, 0), report.faults
    voice = Voice.objects.get()
    assert voice.company == "Altisource S. r.l." and voice.issue == "Loan servicing, escrow"


OWN = """code = "crm"
sink = "complaints"
key = ["source_id"]
[constant]
source = "crm"
[[column]]
to = "source_id"
from = "编号"
[[column]]
to = "received_on"
from = "收到时间"
kind = "datetime"
required = true
[[column]]
to = "channel"
from = "渠道"
kind = "choice"
else = "unknown"
choices = { "电话" = "phone" }
"""


def test_a_mapping_of_the_banks_own_keeps_numbers_and_times_and_reports_what_cannot_be(cast, tmp_path: Path) -> None:
    """A number that the ledger cannot hold and a day that is not over yet are bad rows, not the end of the import."""
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    file = tmp_path / "old.csv"
    late = f"{cast.at.year + 1}-01-01 10:00"
    rows = [
        "A-1,2024-03-05 14:30,电话",
        "沪投〔2023〕1号,2024-03-05 14:30,电话",
        "13812345678,2024-03-05,电话",
        f"A-2,{late},",
    ]
    file.write_text("\n".join(["编号,收到时间,渠道", *rows]), "utf-8")
    report = actions.import_complaints(path=file, mapping=str(tmp_path / "own.toml"), by=machine("test"), at=cast.at)
    assert (report.read, report.new, report.rejected) == (4, 1, 3)
    assert [(line, fault.code) for line, fault in report.faults] == [(3, "no_code"), (4, "no_code"), (5, "in_future")]
    voice = Voice.objects.get()
    assert (voice.source_ref, voice.channel, voice.received_at) == (
        "A-1",
        "phone",
        datetime(2024, 3, 5, 6, 30, tzinfo=UTC),
    )


def test_history_is_recorded_when_it_is_told_not_when_it_was(cast, tmp_path: Path) -> None:
    """Nobody can show by the ledger that a case of 2016 was on record in 2016."""
    file = tmp_path / "rows.csv"
    file.write_text(HEADER + ROW, "utf-8")
    actions.import_complaints(path=file, mapping="cfpb", by=machine("test"), at=cast.at)
    told = entries_of(f"matter:{Voice.objects.get().pk}")
    assert {"voice.heard", "case.opened"} <= {entry.type for entry in told}
    assert {entry.recorded_us for entry in told} == {microseconds(cast.at)}
    assert max(entry.occurred_us for entry in told) < microseconds(datetime(2016, 4, 1, tzinfo=UTC))


def test_the_mapping_of_the_docs_is_one(cast, tmp_path: Path) -> None:
    page = (Path(__file__).parents[5] / "docs" / "mappings.md").read_text("utf-8")
    (tmp_path / "my.toml").write_text(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0], "utf-8")
    (tmp_path / "old.csv").write_text("编号;收到时间;渠道;产品;内容\n7;05.03.2024;网站;信用卡;无\n", "utf-8")
    told = actions.import_complaints(
        path=tmp_path / "old.csv", mapping=str(tmp_path / "my.toml"), by=machine("test"), at=cast.at
    )
    assert (told.new, told.rejected) == (1, 0), told.faults
    voice = Voice.objects.get()
    assert (voice.source_ref, voice.channel, voice.product) == ("crm:7", "web", "信用卡")


def test_a_public_row_without_a_company_is_not_taken_for_the_banks_own(cast, tmp_path: Path) -> None:
    """Some extracts leave the company out: thousands of strangers' complaints would bury every surge of the bank."""
    (tmp_path / "public.csv").write_text(HEADER + ROW.replace('"Altisource S.\x85 r.l."', ""), "utf-8")
    own = "Complaint ID,Date submitted,Date received,Product\n7,2020-03-04,2020-03-05,Mortgage\n"
    (tmp_path / "own.csv").write_text(own, "utf-8")
    for name in ("public.csv", "own.csv"):
        told = actions.import_complaints(path=tmp_path / name, mapping="cfpb", by=machine("test"), at=cast.at)
        assert (told.new, told.rejected) == (1, 0), told.faults
    assert dict(Voice.objects.values_list("source_ref", "company")) == {"cfpb:1818": "Not named", "cfpb:7": None}
