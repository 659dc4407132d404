"""Signed notes and checkpoints in the forms of C2SP (signed-note, tlog-checkpoint), Ed25519 only."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\1"
_DASH = "— "
_LIMIT = 1_000_000


class Malformed(ValueError):
    """Not a note, key or checkpoint of the expected form."""


class Unsigned(ValueError):
    """No signature of a known key, or one that is wrong."""


class Stranger(Unsigned):
    """Somebody signed it whose key is not among those given."""


@dataclass(frozen=True)
class Verifier:
    """A public key with its name, as it is handed to auditors: `<name>+<key id>+<base64(0x01 || key)>`."""

    name: str
    key: bytes

    @cached_property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_b64(_ED25519 + self.key)}"

    def accepts(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """The private key, as Go's note package writes it: `PRIVATE+KEY+<name>+<key id>+<base64(0x01 || seed)>`."""

    name: str
    seed: bytes

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __str__(self) -> str:
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{_b64(_ED25519 + self.seed)}"

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)


@dataclass(frozen=True)
class Tree:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def verifier(text: str) -> Verifier:
    """A verifier key from its text form."""
    name, id, key = _key_parts(text.strip())
    found = Verifier(name, key)
    if found.id.hex() != id:
        raise Malformed("the key id does not belong to the key")
    return found


def signer(text: str) -> Signer:
    if not text.startswith("PRIVATE+KEY+"):
        raise Malformed("not a private key")
    name, id, seed = _key_parts(text.strip().removeprefix("PRIVATE+KEY+"))
    found = Signer(name, seed)
    if found.verifier.id.hex() != id:
        raise Malformed("the key id does not belong to the key")
    return found


def sign(text: str, by: Signer) -> str:
    """The note: text, a blank line, one signature line."""
    if not text.endswith("\n") or any(c < " " and c != "\n" for c in text):
        raise Malformed("a note is text that ends in a newline, without other control characters")
    return f"{text}\n{_DASH}{by.name} {_b64(by.verifier.id + by.sign(text.encode()))}\n"


def opened(note: str, by: Sequence[Verifier]) -> str:
    """The text of a note signed by at least one of the keys. A wrong signature of a known key spoils the note."""
    text, signatures = _split(note)
    good = False
    for name, id, signature in signatures:
        for key in by:
            if (key.name, key.id) == (name, id):
                if not key.accepts(text.encode(), signature):
                    raise Unsigned(f"the signature of {name} is wrong")
                good = True
    if not good:
        raise Stranger("no signature of a known key")
    return text


def signers_of(note: str) -> list[tuple[str, str]]:
    """The names and key ids on a note, unverified."""
    return [(name, id.hex()) for name, id, _ in _split(note)[1]]


def checkpoint(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint."""
    return f"{origin}\n{size}\n{_b64(root)}\n"


def read_checkpoint(text: str) -> Tree:
    """What the (already opened) text of a checkpoint says."""
    lines = text.split("\n")
    if len(lines) < 4 or "" in lines[:3] or lines[-1] != "":
        raise Malformed("not a checkpoint")
    origin, size, root = lines[:3]
    if not (size.isascii() and size.isdigit() and size == str(int(size[:20]))):
        raise Malformed("the size of the tree is not a number")
    return Tree(origin, int(size), unb64(root, 32))


def unb64(text: str, length: int | None = None) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not base64") from error
    if length is not None and len(found) != length:
        raise Malformed(f"not {length} bytes")
    return found


def _split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    if len(note) > _LIMIT or any(c < " " and c != "\n" for c in note):
        raise Malformed("not a signed note")
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise Malformed("not a signed note")
    signatures: list[tuple[str, bytes, bytes]] = []
    for line in tail[:-1].split("\n"):
        parts = line.removeprefix(_DASH).split(" ")
        if not line.startswith(_DASH) or len(parts) != 2 or not parts[0] or len(signatures) >= 100:
            raise Malformed("not a signature line")
        raw = unb64(parts[1])
        if len(raw) < 5:
            raise Malformed("not a signature")
        signatures.append((parts[0], raw[:4], raw[4:]))
    return text + "\n", signatures


def _key_parts(text: str) -> tuple[str, str, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not parts[0] or any(c.isspace() for c in parts[0]):
        raise Malformed("not a key of the form name+id+key")
    raw = unb64(parts[2], 33)
    if raw[:1] != _ED25519:
        raise Malformed("only Ed25519 keys are known here")
    return parts[0], parts[1], raw[1:]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
