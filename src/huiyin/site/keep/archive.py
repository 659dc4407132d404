"""One .tar per backup: a manifest first, then the database and the files, each with its SHA-256."""

import hashlib
import io
import json
import os
import tarfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal

MANIFEST = "manifest.json"
DATABASE = {"sqlite": "huiyin.sqlite3", "postgresql": "huiyin.pgdump"}


class Unreadable(Refusal):
    """Said before the settings of the home are known, so in words of both languages."""

    status = 422

    def __init__(self, archive: Path, zh: str, en: str) -> None:
        self.words = Label("unreadable", f"{archive}：{zh}", f"{archive}: {en}")
        super().__init__(self.words.en)


@dataclass(frozen=True)
class Manifest:
    made_at: str
    version: str
    vendor: str
    checkpoint: str  # signed note of the ledger as it stood just before the copy
    counts: dict[str, int]  # rows per table
    members: dict[str, str] = field(default_factory=dict)  # name -> sha256
    with_keys: bool = False


def write(target: Path, manifest: Manifest, members: dict[str, Path]) -> None:
    """The archive appears under its name only when it is complete and on the disk."""
    part = target.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            text = json.dumps(asdict(manifest), indent=1).encode()
            first = tarfile.TarInfo(MANIFEST)
            first.size = len(text)
            tar.addfile(first, io.BytesIO(text))
            for name, path in members.items():
                tar.add(path, name, recursive=False, filter=_nameless)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)


def read_manifest(archive: Path) -> Manifest:
    try:
        with tarfile.open(archive) as tar:
            member = tar.next()
            stream = tar.extractfile(member) if member and member.name == MANIFEST else None
            if stream is None:
                raise ValueError(MANIFEST)
            return Manifest(**json.loads(stream.read(1 << 26)))
    except (tarfile.TarError, ValueError, TypeError, EOFError) as error:
        raise Unreadable(
            archive, "不是回音的备份，或者已损坏", "it is no backup of Huiyin, or it is damaged"
        ) from error
    except OSError as error:
        raise Unreadable(archive, f"无法读取（{error.strerror}）", f"it cannot be read ({error.strerror})") from error


def unpack(archive: Path, into: Path) -> Manifest:
    """Lay the parts of a backup into an empty directory; every part must be what the manifest says."""
    manifest = read_manifest(archive)
    seen = {}
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.name == MANIFEST:
                    continue
                if not member.isfile() or member.name not in manifest.members:
                    raise Unreadable(archive, f"{member.name} 不属于备份", f"{member.name} does not belong here")
                tar.extract(member, into, filter="data")
                seen[member.name] = sha256(into / member.name)
    except (tarfile.TarError, EOFError) as error:
        raise Unreadable(archive, "已损坏或不完整", "it is damaged or not whole") from error
    if seen != manifest.members:
        wrong = sorted(name for name in manifest.members if seen.get(name) != manifest.members[name])
        names = ", ".join(wrong[:5])
        raise Unreadable(archive, f"已损坏或缺少：{names}", f"damaged or missing: {names}")
    return manifest


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
