"""Learn the sentiment of posts anew from the seed corpus, say how good it is, and write the weights that ship.

python scripts/sentiment.py            five-fold cross-validation, then the weights (some ten seconds)
"""

import random
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from huiyin.measure.reputation.rules import sentiment  # noqa: E402

CORPUS = ROOT / "src/huiyin/resolve/triage/corpus"
TARGET = ROOT / "src/huiyin/measure/reputation/rules/sentiment.tsv"
FOLDS = 5


def examples() -> list[tuple[str, str, str]]:
    """(text, sentiment, language)."""
    found = []
    for path in sorted(CORPUS.glob("*.tsv")):
        head, *lines = path.read_text("utf-8").removesuffix("\n").split("\n")
        place = head.split("\t").index("sentiment")
        found += [(line.split("\t")[0], line.split("\t")[place], path.name[:2]) for line in lines]
    return found


def main() -> None:
    rows = examples()
    random.Random(1).shuffle(rows)
    told = []
    for fold in range(FOLDS):
        model = sentiment.learn((text, code) for n, (text, code, _) in enumerate(rows) if n % FOLDS != fold)
        told += [(code, *model.read(text), of) for n, (text, code, of) in enumerate(rows) if n % FOLDS == fold]
    right = [code == said for code, said, _, _ in told]
    print(f"accuracy {sum(right) / len(right):.3f}")
    for of in ("zh", "en"):
        here = [code == said for code, said, _, one in told if one == of]
        print(f"  {of} {sum(here) / len(here):.3f} of {len(here)}")
    for label in sentiment.SENTIMENTS:
        true = [said == label.code for code, said, _, _ in told if code == label.code]
        named = [code == label.code for code, said, _, _ in told if said == label.code]
        print(f"  {label.code}: recall {sum(true) / len(true):.2f}, precision {sum(named) / max(1, len(named)):.2f}")
    sure = [code == said for code, said, share, _ in told if share >= sentiment.SURE]
    print(f"sure {len(sure) / len(told):.2f}, of these right {sum(sure) / len(sure):.3f}")
    error = 0.0
    for low in range(0, 1000, 100):
        bin_ = [(code == said, share) for code, said, share, _ in told if low < share <= low + 100]
        error += abs(sum(hit for hit, _ in bin_) - sum(share for _, share in bin_) / 1000)
    print(f"expected calibration error {error / len(told):.3f}")
    TARGET.write_text(sentiment.written(sentiment.learn((text, code) for text, code, _ in sorted(rows))), "utf-8")
    print(TARGET.relative_to(ROOT))


if __name__ == "__main__":
    main()
