"""Check the whole ledger: every entry, chain, leaf, tile and checkpoint, and what was kept elsewhere.

One pass in the order of the log. Each row is hashed again from its columns; the tree is grown from those hashes, so
every signed checkpoint (ours, and those kept elsewhere) is compared with what the tables say today.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from huiyin.ledger import keys, tables
from huiyin.ledger.models import Checkpoint
from huiyin.ledger.queries.entries import entry_of_body
from huiyin.ledger.rules import entries, merkle, notes, receipts
from huiyin.ledger.rules.reports import Report

Progress = Callable[[int, int], None]
PATIENCE = timedelta(seconds=60)
"""How long an entry may wait for its leaf, and a receipt for its entry."""
_NAMED = 10
_STEP = 10_000


@dataclass
class Claim:
    """Somebody says: at this size the root was this."""

    name_zh: str
    name_en: str
    size: int
    root: bytes
    holds: bool | None = None
    since: int = 0
    """The largest smaller size at which a claim still held."""


def verify_ledger(
    progress: Progress | None = None,
    against: Path | str | Sequence[Path | str] | None = None,
    at: datetime | None = None,
) -> Report:
    """Check everything. `against`: files with checkpoints, receipts or proofs that somebody kept.

    `progress(done, total)` is called now and then. The report names the first bad entry of every kind of damage.
    """
    report = Report(kind="ledger")
    known = keys.verifiers()
    now = at or tables.now()
    files = [against] if isinstance(against, Path | str) else list(against or [])
    signed = _signed(report, known)
    kept, kept_receipts = _kept(report, known, files)
    claims = sorted([*signed, *kept], key=lambda claim: claim.size)
    walk = _Walk(report, claims, progress)
    walk.run()
    _waiting(report, now)
    _checkpoints(report, signed, walk.size)
    _against(report, kept, walk.size)
    for name, receipt in kept_receipts:
        _receipt(report, name, receipt, now)
    if report.ok:
        report.good("sound", "账本完好，没有发现任何改动。", "The ledger is sound: no change of any kind was found.")
    return report


class _Walk:
    """The pass over leaves and entries."""

    def __init__(self, report: Report, claims: list[Claim], progress: Progress | None) -> None:
        self.report = report
        self.size = 0
        self._claims = claims
        self._progress = progress
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._tree = merkle.Frontier()
        self._levels: list[list[bytes]] = [[]]
        self._places = [0]
        self._named: dict[str, int] = {}
        self._tiles = 0

    def run(self) -> None:
        total = tables.size()
        pending = iter(self._claims)
        claim = self._settled_at(next(pending, None), pending, 0)
        for row in self._rows():
            block = self._levels[0]
            block.append(self._leaf(row))
            if claim is not None and claim.size == self.size:
                claim = self._settled_at(claim, pending, self.size)
            if len(block) == merkle.WIDTH:
                self._tree.push(self._complete(0), 8)
            if self._progress and self.size % _STEP == 0:
                self._progress(self.size, total)
        if self._progress:
            self._progress(self.size, total)
        self._finish()

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        after = 0
        while rows := tables.leaves_with_entries(after, _STEP):
            yield from rows
            after = rows[-1][0]

    def _leaf(self, row: tuple[Any, ...]) -> bytes:
        """Check one leaf with its entry; returns the leaf hash as it follows from the entry's columns."""
        seq, leaf, id, stream, version, type, schema, actor, occurred_us, recorded_us, payload, prev, hash = row
        self.size += 1
        if seq != self.size:
            self._bad(
                "gap", seq, f"第 {self.size} 条记录被删除。", f"Entry number {self.size} is missing from the log."
            )
            self.size = seq
        if id is None:
            self._bad(
                "missing",
                seq,
                f"第 {seq} 条记录只剩下指纹，内容被删除。",
                f"Entry number {seq} was deleted: only its fingerprint is left.",
            )
            return _octets(leaf)
        try:
            text = entries.body(actor, occurred_us, payload, prev, recorded_us, schema, stream, type, version)
            digest = entries.entry_hash(text)
        except (TypeError, AttributeError, ValueError):  # no entry holds such a value, but a column of SQLite does
            digest = b""
        expected = entries.leaf_hash(digest)
        if digest != hash:
            self._bad("edited", seq, *_named(row, "的内容被改动过", "was edited"))
        elif expected != leaf:
            self._bad("leaf", seq, *_named(row, "与账本中的指纹不符，被调换或改写过", "was exchanged or rewritten"))
        head = self._heads.get(stream)
        before, link = head if head else (0, entries.FIRST)
        if version != before + 1 or prev != link:
            self._bad(
                "chain",
                seq,
                *_named(
                    row,
                    f"接不上同一事项的上一条记录（应为第 {before + 1} 版），中间有删除、插入或调换",
                    f"does not follow the entry before it in its stream (version {before + 1} was due):"
                    " something was deleted, inserted or reordered",
                ),
            )
        self._heads[stream] = (version if isinstance(version, int) else before + 1, _octets(hash))
        return expected

    def _complete(self, level: int) -> bytes:
        """256 hashes of a level are complete: compare the tile, hand the root to the level above."""
        hashes, self._levels[level] = self._levels[level], []
        index = self._places[level]
        self._places[level] += 1
        self._tiles += 1
        root = merkle.complete(hashes)
        kept = tables.tile(level, index)
        if kept != b"".join(hashes):
            first = next((n for n in range(256) if (kept or b"")[32 * n : 32 * n + 32] != hashes[n]), 0)
            seq = ((index * 256 + first) << (8 * level)) + 1
            if kept is None:
                self._bad(
                    "tile", seq, f"从第 {seq} 条起的指纹块丢失。", f"The tile from entry number {seq} on is missing."
                )
            else:
                self._bad(
                    "tile",
                    seq,
                    f"第 {seq} 条记录与封存的指纹块不符，记录被改写、插入、删除或调换过。",
                    f"Entry number {seq} differs from the sealed tile: it was rewritten, inserted, deleted or reordered.",
                )
        if level + 1 == len(self._levels):
            self._levels.append([])
            self._places.append(0)
        above = self._levels[level + 1]
        above.append(root)
        if len(above) == merkle.WIDTH:
            self._complete(level + 1)
        return root

    def _settled_at(self, claim: Claim | None, pending: Iterator[Claim], size: int) -> Claim | None:
        """Compare every claim about this size; returns the next larger one."""
        root: bytes | None = None
        held = getattr(self, "_held", 0)
        while claim is not None and claim.size <= size:
            if claim.size == size:
                root = root or self._tree.root(self._levels[0])
                claim.holds = claim.root == root
                claim.since = held
                if claim.holds:
                    self._held = held = size
            claim = next(pending, None)
        return claim

    def _finish(self) -> None:
        for kind, count in self._named.items():
            if count > _NAMED:
                more = count - _NAMED
                self.report.bad(kind, f"……同类问题还有 {more} 处。", f"... and {more} more of this kind.")
        tiles = tables.count_tiles()
        if tiles != self._tiles:
            self.report.bad(
                "tile",
                f"应有 {self._tiles} 个指纹块，表中有 {tiles} 个。",
                f"{self._tiles} tiles are due, the table holds {tiles}.",
            )
        if not self._named:
            self.report.good(
                "entries",
                f"逐条重算了 {self.size} 条记录，内容与指纹全部相符；{len(self._heads)} 条事项链首尾相接，编号无缺。",
                f"{self.size} entries were hashed again and all match;"
                f" {len(self._heads)} streams are chained without a gap.",
            )
            self.report.good(
                "tree",
                f"哈希树与 {self._tiles} 个封存块相符，根为 {self.root().hex()}。",
                f"The Merkle tree agrees with its {self._tiles} tiles; its root is {self.root().hex()}.",
            )

    def root(self) -> bytes:
        return self._tree.root(self._levels[0])

    def _bad(self, kind: str, seq: int, zh: str, en: str) -> None:
        self._named[kind] = self._named.get(kind, 0) + 1
        if self._named[kind] <= _NAMED:
            self.report.bad(kind, zh, en)


def _octets(value: Any) -> bytes:
    """What a column of bytes holds; SQLite lets anything stand there."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _named(row: tuple[Any, ...], zh: str, en: str) -> tuple[str, str]:
    seq, stream, version, type = row[0], *row[3:6]
    return (
        f"第 {seq} 条记录（{stream} 第 {version} 版，{type}）{zh}。",
        f"Entry number {seq} ({stream} version {version}, {type}) {en}.",
    )


def _signed(report: Report, known: Sequence[notes.Verifier]) -> list[Claim]:
    """Our own checkpoints, their signatures checked."""
    found = []
    wrong = 0
    for row in Checkpoint.objects.order_by("size").iterator(2_000):
        strange = False
        try:
            tree: notes.Tree | None = receipts.tree_of(str(row.note), known)
        except notes.Stranger:
            tree, strange = None, True
        except (notes.Unsigned, notes.Malformed):
            tree = None
        if tree is None or (tree.size, tree.root) != (row.size, _octets(row.root)):
            wrong += 1
            if wrong == 1 and strange:
                report.bad(
                    "checkpoint_signature",
                    f"第 {row.size} 条处的检查点不是本机已知的密钥所签：keys/ledger.vkeys 缺失或不全，或者检查点由他人签发。",
                    f"The checkpoint at size {row.size} was signed with a key that this home does not know:"
                    " keys/ledger.vkeys is missing or not whole, or somebody else signed it.",
                )
            elif wrong == 1:
                report.bad(
                    "checkpoint_signature",
                    f"第 {row.size} 条处的检查点签名不符，检查点被改动过。",
                    f"The checkpoint at size {row.size} is not properly signed: it was altered.",
                )
        else:
            found.append(Claim("检查点", "checkpoint", tree.size, tree.root))
    if not wrong:
        report.good(
            "checkpoint_signatures",
            f"{len(found)} 个检查点的签名全部属实。",
            f"The signatures of {len(found)} checkpoints are genuine.",
        )
    return found


def _kept(
    report: Report, known: Sequence[notes.Verifier], files: Iterable[Path | str]
) -> tuple[list[Claim], list[tuple[str, receipts.Receipt | receipts.Proof]]]:
    """Checkpoints, receipts and proofs from files; and the checkpoint kept beside the keys."""
    claims: list[Claim] = []
    found: list[tuple[str, receipts.Receipt | receipts.Proof]] = []
    try:
        last = keys.last_signed()
    except notes.Stranger:
        report.bad(
            "anchor",
            "密钥旁留存的检查点不是本机已知的密钥所签。",
            "The checkpoint kept beside the keys was signed with a key that this home does not know.",
        )
        last = None
    except (notes.Unsigned, notes.Malformed, OSError, UnicodeDecodeError):
        report.bad("anchor", "密钥旁留存的检查点已损坏。", "The checkpoint kept beside the keys is damaged.")
        last = None
    if last is not None:
        claims.append(Claim("密钥旁留存的检查点", "the checkpoint kept beside the keys", last.size, last.root))
    for file in map(Path, files):
        try:
            text = file.read_text("utf-8")
            if text.lstrip("\ufeff\n ").startswith((receipts.RECEIPT, receipts.PROOF)):
                checked = receipts.verify_receipt(text, [str(key) for key in known])
                if not checked.ok:
                    raise notes.Unsigned
                read = receipts.read(text)
                found.append((file.name, read))
                if isinstance(read, receipts.Proof):
                    tree = receipts.tree_of(read.checkpoint, known)
                    claims.append(
                        Claim(f"{file.name} 中的检查点", f"the checkpoint in {file.name}", tree.size, tree.root)
                    )
            else:
                tree = receipts.tree_of(text, known)
                claims.append(Claim(file.name, file.name, tree.size, tree.root))
        except OSError:
            report.bad("anchor", f"读不到文件 {file}。", f"The file {file} cannot be read.")
        except (notes.Unsigned, notes.Malformed, UnicodeDecodeError):
            report.bad(
                "anchor",
                f"{file.name} 不是本账本签发的检查点、回执或收录证明，或者已被改动。",
                f"{file.name} is not a checkpoint, receipt or proof signed by this ledger, or it was altered.",
            )
    return claims, found


def _waiting(report: Report, now: datetime) -> None:
    """Entries without a leaf: fresh ones wait for the sealer, older ones were slipped in or lost their leaf."""
    rows = tables.entries_without_leaf(_NAMED)
    due_us = round((now - PATIENCE).timestamp() * 1_000_000)
    for stream, version, type, recorded_us in rows:
        if tables.on_sqlite() or recorded_us < due_us:
            report.bad(
                "unsealed",
                f"{stream} 第 {version} 版（{type}）不在账本的哈希树里：它是后来塞进来的，或者封存环节停了。",
                f"{stream} version {version} ({type}) is not in the Merkle log:"
                " it was slipped in, or the sealer stands still.",
            )
        else:
            report.note(
                "waiting",
                f"{stream} 第 {version} 版刚写入，正等待封存。",
                f"{stream} version {version} was written a moment ago and waits to be sealed.",
            )


def _checkpoints(report: Report, signed: Sequence[Claim], size: int) -> None:
    if not signed:
        if size and not Checkpoint.objects.exists():
            report.note("unsigned", "还没有签发过检查点。", "No checkpoint has been signed yet.")
        return
    wrong = [claim for claim in signed if not claim.holds]
    if wrong:
        _broken(report, "checkpoint", wrong[0], size)
    else:
        report.good(
            "checkpoints",
            f"账本包含历次签发的 {len(signed)} 个检查点，先后一致，未被截短。",
            f"The log contains the {len(signed)} trees signed so far: consistent, and not cut short.",
        )


def _against(report: Report, kept: Sequence[Claim], size: int) -> None:
    for claim in kept:
        if claim.holds:
            report.good(
                "anchor",
                f"与{claim.name_zh}一致（第 {claim.size} 条处）。",
                f"It agrees with {claim.name_en} (at size {claim.size}).",
            )
        else:
            _broken(report, "anchor", claim, size)


def _broken(report: Report, code: str, claim: Claim, size: int) -> None:
    if claim.size > size:
        report.bad(
            code,
            f"账本被截短：{claim.name_zh}证明曾有 {claim.size} 条记录，现在只有 {size} 条，第一条丢失的是第 {size + 1} 条。",
            f"The log was cut short: {claim.name_en} proves {claim.size} entries, {size} are left;"
            f" the first one missing is number {size + 1}.",
        )
        return
    report.bad(
        code,
        f"历史被改写：{claim.name_zh}所签的第 {claim.size} 条处的根与现在不同，改动在第 {claim.since + 1} 至 {claim.size} 条之间。",
        f"History was rewritten: {claim.name_en} signed another root at size {claim.size};"
        f" the change is among entries {claim.since + 1} to {claim.size}.",
    )


def _receipt(report: Report, name: str, found: receipts.Receipt | receipts.Proof, now: datetime) -> None:
    """A kept receipt: is its entry in the log, 60 seconds after it was signed?"""
    entry = entry_of_body(found.body)
    if entry is not None:
        report.good(
            "receipt",
            f"{name}：账本中有这条记录，内容一致（{entry.stream} 第 {entry.version} 版）。",
            f"{name}: the ledger holds this very entry ({entry.stream} version {entry.version}).",
        )
    elif (
        isinstance(found, receipts.Receipt) and now - datetime.fromisoformat(found.signed_at).astimezone(UTC) < PATIENCE
    ):
        report.note("receipt", f"{name}：签发不足 60 秒，记录尚在途中。", f"{name}: signed less than 60 seconds ago.")
    else:
        report.bad(
            "receipt",
            f"{name}：机构签发过这条记录的回执，账本里却没有它（{found.hash.hex()}）：被删除或改写了。",
            f"{name}: a receipt was signed for this entry, but the ledger does not hold it ({found.hash.hex()}):"
            " it was deleted or rewritten.",
        )
