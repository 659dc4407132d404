"""The yardstick of docs/triage.md: TF-IDF and linear support vectors as anyone would put them together, on the folds of
`huiyin triage evaluate --folds`: `python scripts/triage_baseline.py FILE TEXT LABEL [FOLDS]`."""

import csv
import sys
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from huiyin.resolve.triage.rules.features import LONGEST
from huiyin.resolve.triage.rules.training import fold_of


def main(path: Path, text: str, label: str, folds: int) -> None:
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[text].strip() and row[label].strip()]
    texts, labels = [row[text][:LONGEST] for row in rows], [row[label].strip() for row in rows]
    fold, hits = fold_of(texts, labels, folds), 0
    for held in range(folds):
        machine = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC(random_state=0))
        machine.fit([t for t, f in zip(texts, fold, strict=True) if f != held],
                    [y for y, f in zip(labels, fold, strict=True) if f != held])  # fmt: skip
        out = [i for i, f in enumerate(fold) if f == held]
        right = sum(machine.predict([texts[i] for i in out]) == [labels[i] for i in out])
        print(f"fold {held + 1}: {right / len(out):.4f}", flush=True)
        hits += right
    print(f"accuracy {hits / len(texts):.4f} of {len(texts):,} texts")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 5)
