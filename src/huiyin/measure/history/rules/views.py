"""The SQL of the views over the files: base rows, less those folded again, and with them where each belongs."""

from collections.abc import Mapping, Sequence

from huiyin.measure.history.rules.fold import FOLDS

SQL_TYPES = {"text": "VARCHAR", "int": "BIGINT", "bool": "BOOLEAN", "instant": "TIMESTAMP", "day": "DATE"}
UNIT_COLUMNS = {
    "unit": "text", "code": "text", "kind": "text", "parent": "text", "path": "text", "from_day": "day", "until_day": "day",
}  # fmt: skip
# Which unit and which day say where a row belongs.
PLACES = {
    "matters": ("unit", "received_day"),
    "answers": ("unit", "answered_day"),
    "rectifications": ("unit", "opened_day"),
    "alerts": ("unit", "raised_day"),
}


def files(name: str, paths: Sequence[str]) -> str:
    listed = ", ".join(_quoted(path) for path in paths)
    return f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])"


def table(name: str, base: str, delta: str, touched: str) -> str:
    """The rows of a fold. Rows of touched keys come from the small file only."""
    target = f"{name}_rows" if name in PLACES else name
    if not delta:
        return f"CREATE VIEW {target} AS SELECT * FROM read_parquet({_quoted(base)})"
    return (
        f"CREATE VIEW {target} AS SELECT * FROM read_parquet({_quoted(delta)}) UNION ALL "
        f"SELECT * FROM read_parquet({_quoted(base)}) b WHERE NOT EXISTS "
        f"(SELECT 1 FROM read_parquet({_quoted(touched)}) t WHERE t.key = b.key)"
    )


def joined() -> list[str]:
    """Rows with the path of their unit on their day. A row without a unit belongs to the head office."""
    root = "(SELECT min(path) FROM units WHERE parent IS NULL AND kind = 'head')"
    return [
        f"CREATE VIEW {name} AS SELECT r.*, coalesce(u.path, {root}, '') AS unit_path, u.kind AS unit_kind "
        f"FROM {name}_rows r LEFT JOIN units u ON u.unit = r.{unit} AND r.{on} >= u.from_day AND r.{on} < u.until_day"
        for name, (unit, on) in PLACES.items()
    ]


def empty(event_columns: Mapping[str, str], time_zone: str) -> list[str]:
    """The same views over nothing, before the first copy."""
    made = [_nothing("events", event_columns), _nothing("ev", event_columns), _nothing("units", UNIT_COLUMNS)]
    for name, sql in FOLDS.items():
        target = f"{name}_rows" if name in PLACES else name
        made.append(f"CREATE VIEW {target} AS {sql.replace('{tz}', time_zone)}")
    return [*made, *joined()]


def _nothing(name: str, columns: Mapping[str, str]) -> str:
    listed = ", ".join(f'"{column}" {SQL_TYPES[kind]}' for column, kind in columns.items())
    return f"CREATE TABLE {name} ({listed})"


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"
