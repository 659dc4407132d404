"""Receipts and proofs: what an outsider checks with the public key alone, without a database.

A receipt is a signed note (C2SP) over

    huiyin-receipt/1
    <origin of the log>
    <entry hash, base64>
    <time of signing, RFC 3339 UTC>
    <the entry, canonical JSON>

and a proof is a C2SP `.tlog-proof` whose extra data is the entry's canonical JSON. Neither trusts what it carries:
the entry's hash is computed again.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from huiyin.kernel.fact import iso
from huiyin.ledger.rules import entries, merkle, notes
from huiyin.ledger.rules.notes import Malformed, Tree, Unsigned, Verifier
from huiyin.ledger.rules.reports import Report

RECEIPT = "huiyin-receipt/1"
PROOF = "c2sp.org/tlog-proof@v1"
LIMIT = 100_000
"""Characters a receipt file may have."""


@dataclass(frozen=True)
class Receipt:
    """An entry with the time the ledger signed it."""

    origin: str
    hash: bytes
    signed_at: str
    body: str


@dataclass(frozen=True)
class Proof:
    """An entry with its place in a signed tree."""

    body: str
    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    @property
    def hash(self) -> bytes:
        return entries.entry_hash(self.body)


def receipt(body: str, signed_at: datetime, by: notes.Signer) -> str:
    hash = base64.b64encode(entries.entry_hash(body)).decode()
    return notes.sign(f"{RECEIPT}\n{by.name}\n{hash}\n{iso(signed_at)}\n{body}\n", by)


def proof(body: str, index: int, path: Sequence[bytes], checkpoint: str) -> str:
    extra = base64.b64encode(body.encode()).decode()
    steps = "".join(base64.b64encode(step).decode() + "\n" for step in path)
    return f"{PROOF}\nextra {extra}\nindex {index}\n{steps}\n{checkpoint}"


def read(text: str) -> Receipt | Proof:
    """A receipt or a proof from its text, nothing of it verified yet. Raises Malformed."""
    if len(text) > LIMIT:
        raise Malformed("too long")
    text = text.replace("\r\n", "\n").lstrip("\ufeff\n ").rstrip() + "\n"
    if text.startswith(RECEIPT + "\n"):
        return _receipt(text)
    if text.startswith(PROOF + "\n"):
        return _proof(text)
    raise Malformed("neither a receipt nor a proof")


def verify_receipt(text: str, vkeys: str | Sequence[str], anchors: str | Sequence[str] = ()) -> Report:
    """Check a receipt or a .tlog-proof with the public key(s) alone; a text may hold several keys, one a line.

    `anchors`: checkpoints that somebody else kept. Nothing outside the arguments is read: no network, no database, no settings.
    """
    report = Report()
    try:
        known = [notes.verifier(key) for text in ([vkeys] if isinstance(vkeys, str) else vkeys) for key in text.split()]
        if not known:
            raise Malformed("no key")
    except Malformed:
        report.bad("key", "公钥文件格式不正确。", "The public key is not in the expected form (name+id+key).")
        return report
    try:
        found = read(text)
    except (Malformed, ValueError):
        report.bad(
            "form",
            "这不是回音的回执或收录证明，或者文件已残缺。",
            "This is not a Huiyin receipt or proof, or the file is damaged.",
        )
        return report
    kept = [anchors] if isinstance(anchors, str) else anchors
    if isinstance(found, Receipt):
        report.kind = "receipt"
        _check_receipt(report, text, found, known)
        if kept:
            report.note(
                "anchor",
                "时间回执不含账本的状态，不能与检查点比较；请用收录证明（.tlog-proof），或用 huiyin verify --ledger --against 核对。",
                "A signed timestamp says nothing of the log's state, so the kept checkpoint was not compared: use the inclusion proof"
                " (.tlog-proof), or huiyin verify --ledger --against.",
            )
    else:
        report.kind = "proof"
        _check_proof(report, found, known, kept)
    if report.ok:
        report.body = json.loads(found.body)
    return report


def keys_in(text: str) -> list[str]:
    """The public keys that a text holds, one a line; none if any of its words is something else."""
    try:
        return [str(notes.verifier(word)) for word in text.split()]
    except Malformed:
        return []


def tree_of(note: str, known: Sequence[Verifier]) -> Tree:
    """What a signed checkpoint of this log says. Raises Malformed or Unsigned."""
    tree = notes.read_checkpoint(notes.opened(note, known))
    if tree.origin not in {key.name for key in known}:
        raise Malformed("a checkpoint of another log")
    return tree


def registered_at(body: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(body["recorded_us"]) / 1_000_000, UTC)


def _check_receipt(report: Report, text: str, found: Receipt, known: Sequence[Verifier]) -> None:
    clean = text.replace("\r\n", "\n").lstrip("\ufeff\n ").rstrip() + "\n"
    try:
        notes.opened(clean, known)
    except (Unsigned, Malformed):
        report.bad(
            "signature",
            "签名不符：回执的内容被改动过，或者不是用这把钥匙签发的。",
            "The signature does not match: the receipt was altered, or another key signed it.",
        )
        return
    report.good(
        "signature",
        f"签名属实：由 {found.origin} 于 {found.signed_at} 签发。",
        f"The signature is genuine: issued by {found.origin} at {found.signed_at}.",
    )
    if entries.entry_hash(found.body) != found.hash:
        report.bad("hash", "记录内容与其指纹不符。", "The entry does not match its fingerprint.")
        return
    report.good(
        "hash",
        f"记录内容与指纹相符（{found.hash.hex()}）。",
        f"The entry matches its fingerprint ({found.hash.hex()}).",
    )
    report.note(
        "timestamp",
        "这是带签名的时间回执：证明机构当时收到并承诺保存此记录。是否已收录进账本，请再核对收录证明（.tlog-proof）。",
        "This is a signed timestamp: it proves that the institution took the entry and promised to keep it."
        " Whether the ledger still holds it is shown by the inclusion proof (.tlog-proof).",
    )


def _check_proof(report: Report, found: Proof, known: Sequence[Verifier], anchors: Sequence[str]) -> None:
    try:
        tree = tree_of(found.checkpoint, known)
    except (Unsigned, Malformed):
        report.bad(
            "signature",
            "账本检查点的签名不符：证明被改动过，或者不是用这把钥匙签发的。",
            "The signature on the log's checkpoint does not match: the proof was altered, or another key signed it.",
        )
        return
    report.good(
        "signature",
        f"检查点签名属实：{tree.origin}，共 {tree.size} 条记录。",
        f"The checkpoint is genuine: {tree.origin}, {tree.size} entries.",
    )
    if not merkle.includes(entries.leaf_hash(found.hash), found.index, tree.size, found.path, tree.root):
        report.bad(
            "inclusion",
            "这条记录不在检查点所签的账本里：记录或路径被改动过。",
            "The entry is not in the log that the checkpoint signs: the entry or the path was altered.",
        )
        return
    report.good(
        "inclusion",
        f"这条记录是账本的第 {found.index + 1} 条，内容与指纹相符（{found.hash.hex()}）。",
        f"The entry is number {found.index + 1} of the log and matches its fingerprint ({found.hash.hex()}).",
    )
    for anchor in anchors:
        _compare(report, tree, anchor, known)


def _compare(report: Report, tree: Tree, anchor: str, known: Sequence[Verifier]) -> None:
    """The tree of a proof with a checkpoint that somebody kept."""
    try:
        kept = tree_of(anchor, known)
    except (Unsigned, Malformed):
        report.bad("anchor", "另存的检查点签名不符。", "The signature on the kept checkpoint does not match.")
        return
    if kept.origin != tree.origin or (kept.size == tree.size and kept.root != tree.root):
        report.bad(
            "anchor",
            "与另存的检查点矛盾：账本给过不同的人不同的历史。",
            "This contradicts the kept checkpoint: the log has shown different histories to different people.",
        )
    elif kept.size == tree.size:
        report.good("anchor", "与另存的检查点一致。", "It agrees with the kept checkpoint.")
    else:
        report.note(
            "anchor",
            f"另存的检查点大小不同（{kept.size}），仅凭此文件不能比较；请用 huiyin verify --ledger --against 核对。",
            f"The kept checkpoint has another size ({kept.size}); this file alone cannot be compared with it:"
            " use huiyin verify --ledger --against.",
        )


def _receipt(text: str) -> Receipt:
    lines = text.split("\n")
    if len(lines) < 8 or lines[5] != "":
        raise Malformed("not a receipt")
    _entry(lines[4])
    return Receipt(lines[1], notes.unb64(lines[2], 32), lines[3], lines[4])


def _proof(text: str) -> Proof:
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or len(lines) < 3 or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Malformed("not a proof with its entry")
    number = lines[2].removeprefix("index ")
    if not (number.isascii() and number.isdigit() and len(number) < 20) or len(lines) > 70:
        raise Malformed("no index")
    body = notes.unb64(lines[1].removeprefix("extra ")).decode()
    _entry(body)
    return Proof(body, int(number), tuple(notes.unb64(line, 32) for line in lines[3:]), checkpoint)


def _entry(body: str) -> None:
    """The entry must be canonical: one text per meaning."""
    try:
        value = json.loads(body)
        if not isinstance(value, dict) or entries.canonical(value) != body:
            raise Malformed("not a canonical entry")
    except (ValueError, RecursionError) as error:
        raise Malformed("not a canonical entry") from error
