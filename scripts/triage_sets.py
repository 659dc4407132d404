"""Write the shared text sets as CSV files that `huiyin triage` reads: `python scripts/triage_sets.py FOLDER`."""

import csv
import gzip
import json
import os
import sys
from pathlib import Path

DATA = Path(os.environ.get("HUIYIN_DATA", "../shared/data"))
SEED = Path(__file__).parent.parent / "src/huiyin/resolve/triage/corpus"
FACETS = ["text", "category", "cause", "severity", "urgency", "sentiment", "demand"]


def write(path: Path, head: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    print(f"{path}: {len(rows):,} rows")


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with gzip.open(DATA / "clinc150_oos/train_val.json.gz", "rt", encoding="utf-8") as file:
        clinc = json.load(file)
    write(target / "clinc_train.csv", ["text", "intent"], clinc["train"] + clinc["oos_train"])
    write(target / "clinc_val.csv", ["text", "intent"], clinc["val"] + clinc["oos_val"])
    with gzip.open(DATA / "cfpb_text_product/narratives.csv.gz", "rt", encoding="utf-8") as file:
        rows = [[row["text"], row["product"]] for row in csv.DictReader(file)]
    write(target / "cfpb.csv", ["text", "product"], rows)
    seed = []
    for path in sorted(SEED.glob("*.tsv")):
        lines = path.read_text("utf-8").splitlines()
        seed += [
            [row[name] or "none" for name in FACETS]
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    write(target / "seed.csv", FACETS, seed)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
