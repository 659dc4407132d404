"""The SQL of the views over the files: base rows, less those folded again, and with them where each belongs."""

from collections.abc import Mapping, Sequence

from huiyin.measure.history.rules.fold import FOLDS

SQL_TYPES = {"text": "VARCHAR", "int": "BIGINT", "bool": "BOOLEAN", "instant": "TIMESTAMP", "day": "DATE"}
UNIT_COLUMNS = {
    "unit": "text", "code": "text", "kind": "text", "parent": "text", "path": "text", "from_day": "day", "until_day": "day",
}  # fmt: skip


def files(name: str, paths: Sequence[str]) -> str:
    listed = ", ".join(_quoted(path) for path in paths)
    return f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])"


def table(name: str, base: str, delta: str, touched: str) -> str:
    """The rows of a fold. Rows of touched keys come from the small file only."""
    if not delta:
        return f"CREATE VIEW {name} AS SELECT * FROM read_parquet({_quoted(base)})"
    return (
        f"CREATE VIEW {name} AS SELECT * FROM read_parquet({_quoted(delta)}) UNION ALL "
        f"SELECT * FROM read_parquet({_quoted(base)}) b WHERE NOT EXISTS "
        f"(SELECT 1 FROM read_parquet({_quoted(touched)}) t WHERE t.key = b.key)"
    )


def empty(event_columns: Mapping[str, str], time_zone: str) -> list[str]:
    """The same views over nothing, before the first copy."""
    made = [_nothing("events", event_columns), _nothing("ev", event_columns), _nothing("units", UNIT_COLUMNS)]
    for name, sql in FOLDS.items():
        made.append(f"CREATE VIEW {name} AS {sql.replace('{tz}', time_zone)}")
        if name == "matters":
            made.append("CREATE VIEW matters_folded AS SELECT * FROM matters")
    return made


def _nothing(name: str, columns: Mapping[str, str]) -> str:
    listed = ", ".join(f'"{column}" {SQL_TYPES[kind]}' for column, kind in columns.items())
    return f"CREATE TABLE {name} ({listed})"


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"
