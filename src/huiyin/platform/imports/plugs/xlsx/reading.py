"""The process that reads: `python -m …reading SOURCE TARGET MOST_ROWS SECONDS`. It imports nothing of the product's."""

import csv
import resource
import sys
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

MEMORY = 1_000_000_000
COLUMNS = 1000


def main(source: str, target: str, most_rows: int, seconds: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if most_rows:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(Path(source).read_bytes()), read_only=True, data_only=True)  # whatever it is called
    sheet = book.worksheets[0]
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer, count = csv.writer(file), 0
        for row in sheet.iter_rows(values_only=True, max_col=COLUMNS):
            cells = [text_of(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if not cells:
                writer.writerow([])  # so that line numbers are the sheet's own
                continue
            count += 1
            if most_rows and count > most_rows + 5:
                return 3
            width = max(len(cells), _width.setdefault("header", len(cells)))
            writer.writerow(cells + [""] * (width - len(cells)))
    return 0


_width: dict[str, int] = {}


def text_of(value: Any) -> str:
    """What stands in the cell. A number longer than Excel keeps is shown as damaged, so that nobody takes it for true."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        if abs(value) >= 1e15:
            return f"{value:.9E}"
        return str(int(value)) if float(value).is_integer() else repr(value)
    return str(value)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    except (MemoryError, KeyError, ValueError, OSError, IndexError, TypeError, AttributeError):
        sys.exit(1)
