"""`huiyin triage`: classify, learn and evaluate a facet on files. Works in a fresh home, without an institution."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from huiyin.site.cli.house import open_house, stop
from huiyin.site.cli.words import t

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
AT_ONCE = 512  # rows held while classifying
MOST_ROWS = 500_000  # of a file to learn from
BARS = {"encode": ("Encoding", "编码"), "fit": ("Learning", "学习")}

text_option = click.option("--text", "text", required=True, help=t("Column that holds the text.", "文本所在的列。"))
label_option = click.option("--label", "label", required=True, help=t("Column that holds the right label.", "正确标签所在的列。"))  # fmt: skip
facet_option = click.option("--facet", default="category", show_default=True, help=t("category, cause, severity, urgency, sentiment, demand, or a name of your own.", "category、cause、severity、urgency、sentiment、demand，或自定义名称。"))  # fmt: skip
outside_option = click.option("--outside", default="", help=t("The label of texts that belong to none of the others.", "表示“不属于任何类别”的标签。"))  # fmt: skip
plain_option = click.option("--without-encoder", is_flag=True, help=t("Words only: quicker, a little less accurate.", "仅用词语特征：更快，准确率略低。"))  # fmt: skip
encoder_option = click.option("--encoder", type=click.Choice(["use", "e5", "both"]), help=t("Which sentence encoder (default: use).", "使用哪个句子编码器（默认 use）。"))  # fmt: skip


@click.group("triage", help=t("What texts are about, learnt from examples.", "文本分类：从样例学习。"))
def triage_() -> None:
    pass


@triage_.command(
    "classify",
    help=t(
        "One JSON line per row: row, label, confidence, abstained, set (the labels that cover --coverage of cases).",
        "每行输出一个 JSON：row、label、confidence、abstained、set（以 --coverage 的把握包含正确标签的集合）。",
    ),
)
@click.argument("file", type=FILE)
@text_option
@facet_option
@plain_option
@click.option("--coverage", type=click.Choice(["0.8", "0.9", "0.95", "0.99"]), default="0.9", show_default=True, help=t("How often the set must hold the right label.", "集合包含正确标签的目标概率。"))  # fmt: skip
def classify(file: Path, text: str, facet: str, without_encoder: bool, coverage: str) -> None:
    open_house(ready=False)
    from tqdm import tqdm

    from huiyin.resolve.triage.actions import learning
    from huiyin.resolve.triage.queries import learnt

    sheet, (column,) = _open(file, text)
    with _Bars() as bars:
        head, card = learning.ready(facet, words_only=without_encoder, progress=bars)
    failed = False
    with tqdm(total=sheet.size, unit="B", unit_scale=True, disable=not sys.stderr.isatty(), desc=file.name) as bar:
        for batch in _batches(_cells(sheet, column)):
            failed = failed or any(words is None for _, words in batch)
            found = learnt.answers(head, card.facet, [words or "" for _, words in batch], float(coverage))
            lines = [
                json.dumps(
                    {"row": row, "error": "unreadable"} if words is None
                    else {
                        "row": row, "label": a.label, "confidence": a.confidence, "abstained": a.abstained,
                        "set": list(a.set),
                    },
                    ensure_ascii=False,
                )
                for (row, words), a in zip(batch, found, strict=True)
            ]  # fmt: skip
            click.echo("\n".join(lines))
            bar.update(sheet.done() - bar.n)
    sys.exit(1 if failed else 0)


@triage_.command("learn", help=t("Learn a facet with any set of labels from a file.", "从文件学习一个分类维度（标签任意）。"))  # fmt: skip
@click.argument("file", type=FILE)
@text_option
@label_option
@facet_option
@outside_option
@plain_option
@encoder_option
def learn(
    file: Path, text: str, label: str, facet: str, outside: str, without_encoder: bool, encoder: str | None
) -> None:
    open_house(ready=False)
    from huiyin.resolve.triage.actions import learning
    from huiyin.resolve.triage.queries import learnt
    from huiyin.site.now import now

    learnt.check_name(facet)
    texts, labels = _examples(file, text, label)
    _known(outside, labels)
    chosen = _encoders(without_encoder, encoder)
    if chosen is None and not learnt.encoders.available():
        click.echo(t("No sentence encoder is installed: learning from words only.", "未安装句子编码器：仅用词语学习。"), err=True)  # fmt: skip
    with _Bars() as bars:
        found = learning.fit(facet, texts, labels, encoders=chosen, outside=outside, progress=bars)
    card = learning.keep(facet, found, origin="file", made_at=now().isoformat(timespec="seconds"))
    told = {"facet": facet, "version": card.version, "texts": len(texts), "labels": len(found.labels), "encoders": list(found.head.encoders)}  # fmt: skip
    click.echo(json.dumps(told | {"held_out": card.about["held_out"]}, ensure_ascii=False))


@triage_.command(
    "evaluate",
    help=t(
        "How good the facet is on a labelled file, as one JSON line; with --folds it is learnt from the file itself, "
        "each part judged by a head that has not seen it.",
        "在带标签的文件上评估，输出一行 JSON；使用 --folds 时从该文件交叉学习，每一折都由未见过它的模型判断。",
    ),
)
@click.argument("file", type=FILE)
@text_option
@label_option
@facet_option
@outside_option
@plain_option
@encoder_option
@click.option("--folds", type=click.IntRange(2, 20), help=t("Cross-validate on the file instead.", "改为在该文件上交叉验证。"))  # fmt: skip
def evaluate(
    file: Path, text: str, label: str, facet: str, outside: str, without_encoder: bool, encoder: str | None,
    folds: int | None,
) -> None:  # fmt: skip
    open_house(ready=False)
    from huiyin.resolve.triage.actions import judging

    texts, labels = _examples(file, text, label)
    _known(outside, labels)
    with _Bars() as bars:
        if folds:
            chosen = _encoders(without_encoder, encoder)
            told = judging.crossed(facet, texts, labels, folds=folds, encoders=chosen, outside=outside, progress=bars)
        else:
            told = judging.judged(facet, texts, labels, words_only=without_encoder, outside=outside, progress=bars)
    click.echo(json.dumps(told, ensure_ascii=False))


def _encoders(without: bool, named: str | None) -> tuple[str, ...] | None:
    if without and named:
        stop(t("Say --without-encoder or --encoder, not both.", "--without-encoder 与 --encoder 不能同时使用。"))
    return () if without else {None: None, "use": ("use",), "e5": ("e5",), "both": ("use", "e5")}[named]


def _known(outside: str, labels: list[str]) -> None:
    if outside and outside not in labels:
        stop(t(f"No row has the label {outside!r} given with --outside.", f"没有任何一行的标签是 --outside 给出的 {outside!r}。"))  # fmt: skip


def _open(file: Path, *columns: str) -> tuple[Any, list[int]]:
    """The sheet and the places of the named columns; a column that is not there stops with those that are."""
    from huiyin.platform.imports.queries import read_sheet

    sheet = read_sheet(file)
    for name in columns:
        if name not in sheet.header:
            there = ", ".join(sheet.header[:20])
            stop(t(f"There is no column {name!r} in {file.name}. Its columns: {there}", f"{file.name} 中没有 {name!r} 列。现有的列：{there}"))  # fmt: skip
    return sheet, [sheet.header.index(name) for name in columns]


def _cells(sheet: Any, *columns: int) -> Iterator[Any]:
    """(row, text) of every row, None where a row cannot be read; rows count from 1 below the header, blank ones too."""
    for row, (_line, cells) in enumerate(sheet.rows(blanks=True), start=1):
        yield row, None if not isinstance(cells, list) else cells[columns[0]] if columns[0] < len(cells) else ""


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _examples(file: Path, text: str, label: str) -> tuple[list[str], list[str]]:
    """Texts and labels of the rows that have both, clipped to what a model reads."""
    from huiyin.resolve.triage.queries.learnt import longest

    sheet, (here, there) = _open(file, text, label)
    texts: list[str] = []
    labels: list[str] = []
    passed, most = 0, longest()
    for _line, cells in sheet.rows(blanks=True):
        whole = isinstance(cells, list) and max(here, there) < len(cells)
        if not whole or not cells[here].strip() or not cells[there].strip():
            passed += 1
            continue
        if len(texts) == MOST_ROWS:
            stop(t(f"The file has more than {MOST_ROWS:,} rows; learn from a sample.", f"文件超过 {MOST_ROWS:,} 行，请抽样后再学习。"))  # fmt: skip
        texts.append(cells[here][:most])
        labels.append(cells[there].strip()[:200])
    if not texts:
        stop(t(f"No row of {file.name} has both a text and a label.", f"{file.name} 中没有同时具备文本和标签的行。"))
    if passed:
        click.echo(t(f"{passed:,} rows without text or label were passed over.", f"已跳过 {passed:,} 行（缺少文本或标签）。"), err=True)  # fmt: skip
    return texts, labels


class _Bars:
    """A progress bar on standard error per stage of the work."""

    def __enter__(self) -> Callable[[str, float], None]:
        self._stage, self._bar = "", None
        return self._told

    def _told(self, stage: str, share: float) -> None:
        from tqdm import tqdm

        if stage != self._stage or self._bar is None:
            self.__exit__()
            self._stage = stage
            self._bar = tqdm(total=100, unit="%", desc=t(*BARS[stage]), disable=not sys.stderr.isatty())
        self._bar.update(round(share * 100) - self._bar.n)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    _bar: Any
