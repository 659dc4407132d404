"""`huiyin triage` in a fresh home: learn, classify, evaluate, and what it says to files it cannot use."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.tests.test_engine import LABELS, TEXTS
from huiyin.site.cli.triage import triage_


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HUIYIN_HOME = tmp_path / "home"
    return tmp_path / "home" / "triage"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "tickets.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["内容", "标签"])
        lines.writerows(zip(TEXTS, LABELS, strict=True))
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(triage_, [str(word) for word in words])


COLUMNS = ("--text", "内容", "--label", "标签", "--facet", "mine", "--without-encoder")


def test_learn_classify_and_evaluate(sheet: Path, home: Path) -> None:
    told = json.loads(run("learn", sheet, *COLUMNS).stdout)
    assert (told["texts"], told["labels"], told["encoders"]) == (80, 2, []) and told["held_out"]["accuracy"] == 1.0
    assert shelf.current(home, "mine") == told["version"]
    assert json.loads(run("learn", sheet, *COLUMNS).stdout)["texts"] == 80
    assert run("evaluate", sheet, "--text", "内容", "--label", "标签", "--facet", "mine").exit_code == 0
    lines = run("classify", sheet, "--text", "内容", "--facet", "mine").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["row"] for answer in answers] == list(range(1, 81))
    assert [answer["label"] for answer in answers] == LABELS
    assert set(answers[0]) == {"row", "label", "confidence", "abstained", "set"}
    crossed = json.loads(run("evaluate", sheet, *COLUMNS, "--folds", 4).stdout)
    assert {"accuracy", "macro_f1", "ece", "selective_accuracy_90"} <= set(crossed) and crossed["rows"] == 80


@pytest.mark.parametrize(
    "content, words, said",
    [
        (b"", ["--text", "a"], "empty"),
        (b"text\nhello\n", ["--text", "words"], "There is no column 'words'"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", ["--text", "a"], "neither a CSV"),
        (b"text\nhello\n", ["--text", "text", "--facet", "nobody"], "Nothing has been learnt"),
        (b"text\nhello\n", ["--text", "text", "--facet", "../../etc"], "A facet's name"),
    ],
)
def test_files_and_names_that_cannot_be_used(tmp_path: Path, content: bytes, words: list[str], said: str) -> None:
    from huiyin.site.cli import Lazy

    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    group = Lazy(name="huiyin")
    found = CliRunner().invoke(group, ["triage", "classify", str(path), *words])
    assert found.exit_code != 0 and said in found.stderr, found


def test_blank_rows_keep_their_number_and_are_left_to_a_person(tmp_path: Path, sheet: Path) -> None:
    run("learn", sheet, *COLUMNS)
    path = tmp_path / "blank.csv"
    path.write_text("n,text\n1,信用卡被吞了\n,\n3,\n\n4,贷款利率太高\n", "utf-8")
    found = run("classify", path, "--text", "text", "--facet", "mine", "--without-encoder")
    answers = [json.loads(line) for line in found.stdout.splitlines()]
    assert [(a["row"], a["label"]) for a in answers] == [(1, "card"), (2, ""), (3, ""), (4, "loan")]
    assert all(a["abstained"] and not a["set"] for a in answers[1:3])


@pytest.mark.parametrize(
    "content, words, said",
    [
        ("t,l\n,x\nhello,\n", ["evaluate", "--facet", "category"], "No row of few.csv has both"),
        (
            "t,l\n" + "".join(f"text {n},{n % 2}\n" for n in range(10)),
            ["evaluate", "--folds", "2"],
            "At least ten texts",
        ),
    ],
)
def test_what_cannot_be_judged_is_said_so(tmp_path: Path, content: str, words: list[str], said: str) -> None:
    from huiyin.site.cli import Lazy

    path = tmp_path / "few.csv"
    path.write_text(content, "utf-8")
    named = ["triage", words[0], str(path), "--text", "t", "--label", "l", *words[1:]]
    found = CliRunner().invoke(Lazy(name="huiyin"), named)
    assert found.exit_code == (2 if words[1] == "--facet" else 1) and said in found.stderr, found


def test_too_few_rows_or_labels_are_refused(tmp_path: Path) -> None:
    from huiyin.site.cli import Lazy

    path = tmp_path / "few.csv"
    path.write_text("t,l\nhello,x\nworld,\n", "utf-8")
    words = ["triage", "learn", str(path), "--text", "t", "--label", "l", "--facet", "few"]
    found = CliRunner().invoke(Lazy(name="huiyin"), words)
    assert found.exit_code == 1 and "At least ten texts" in found.stderr


def test_a_model_that_was_changed_on_disk_is_not_used(sheet: Path, home: Path) -> None:
    version = json.loads(run("learn", sheet, *COLUMNS).stdout)["version"]
    path = home / "mine" / f"{version}.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(shelf.BrokenModel):
        shelf.load.__wrapped__(home, "mine", version)
