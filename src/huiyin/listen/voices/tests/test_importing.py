"""Complaints from the regulator's files: what a source breaks in a name does not break the import."""

import gzip
from pathlib import Path

import pytest

from huiyin.kernel.actor import machine
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
