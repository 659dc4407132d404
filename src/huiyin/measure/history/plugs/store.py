"""A folder of immutable Parquet files. The manifest names the living ones and is replaced last, in one rename.

Killed at any point, the manifest still names whole files only; what it does not name is swept by the next writer.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from huiyin.kernel.lease import held

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
# A page that began with the former manifest may still read the files it named.
GRACE = timedelta(minutes=10)
# Rows of one group: small enough to skip the groups of other clock families and other years.
ROWS = 20_480


@dataclass(frozen=True)
class Manifest:
    """What is copied: the cursor, as of when, and the files of every table."""

    format: int = FORMAT
    columns: str = ""
    cursor: int = 0
    as_of: str = ""
    events: tuple[str, ...] = ()
    base: dict[str, str] = field(default_factory=dict)
    delta: dict[str, str] = field(default_factory=dict)
    touched: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    retired: tuple[tuple[str, str], ...] = ()

    def files(self) -> set[str]:
        named = {*self.events, *self.base.values(), *self.delta.values()}
        return named | ({self.touched} if self.touched else set())


class Busy(Exception):
    """Another process is copying."""


@dataclass(frozen=True)
class Store:
    root: Path

    def manifest(self) -> Manifest:
        try:
            found = json.loads((self.root / "manifest.json").read_text("utf-8"))
        except FileNotFoundError:
            return Manifest()
        if found.get("format") != FORMAT:
            return Manifest()
        found["events"] = tuple(found["events"])
        found["retired"] = tuple((name, at) for name, at in found["retired"])
        return Manifest(**found)

    def stamp(self) -> tuple[int, int, int]:
        """Changes whenever the manifest is replaced; cheap enough for every page."""
        try:
            stat = (self.root / "manifest.json").stat()
        except FileNotFoundError:
            return (0, 0, 0)
        return (stat.st_ino, stat.st_mtime_ns, stat.st_size)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time; the lock falls with the process."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with held(self.root / ".lock", "w") as mine:
            if not mine:
                raise Busy
            yield

    def write(self, name: str, table: "pa.Table") -> str:
        """Put a table into a new file."""
        import pyarrow.parquet as pq  # only the writer needs it: the web process starts without Arrow

        def put(target: Path) -> None:
            pq.write_table(table, target, compression="zstd", compression_level=1, row_group_size=ROWS)

        return self.put(name, put)

    def put(self, name: str, write: Callable[[Path], object]) -> str:
        """A new file, on the disk for good before anybody names it."""
        temporary = self.root / f".{name}.tmp"
        write(temporary)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.rename(self.root / name)
        return name

    def commit(self, manifest: Manifest, at: datetime, former: Manifest) -> Manifest:
        """Make `manifest` the truth. What the former one named and this one does not is kept for a while."""
        gone = former.files() - manifest.files()
        retired = [*former.retired, *((name, at.isoformat()) for name in sorted(gone))]
        kept = tuple((name, when) for name, when in retired if datetime.fromisoformat(when) > at - GRACE)
        final = replace(manifest, retired=kept)
        temporary = self.root / ".manifest.tmp"
        with temporary.open("w", encoding="utf-8") as out:
            json.dump(asdict(final), out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        self._sync_folder()
        temporary.rename(self.root / "manifest.json")
        self._sync_folder()
        return final

    def sweep(self, manifest: Manifest) -> None:
        """Remove what no manifest names: left by a killed copy, or retired long enough. Only under `writing`."""
        keep = manifest.files() | {name for name, _ in manifest.retired} | {"manifest.json", ".lock"}
        for path in self.root.iterdir():
            if path.name not in keep:
                path.unlink(missing_ok=True)

    def paths(self, names: tuple[str, ...]) -> list[str]:
        return [str(self.root / name) for name in names]

    def _sync_folder(self) -> None:
        handle = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
