"""The official account's own protection: who signed a request, and the encrypted form of a message.

As documented for WeChat official accounts ("message encryption and decryption", WXBizMsgCrypt). The signature is SHA-1
because the platform says so; what protects the words is AES, and the encrypted text is under the signature.
"""

import base64
import binascii
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
_HEAD = 20  # 16 random bytes, 4 bytes of length


class NotOurs(Exception):
    """Not signed by the account's platform, or not for this account. `code` says which; it is never shown outside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: token, timestamp, nonce and, of an encrypted message, the encrypted text."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def key_of(encoding_aes_key: str) -> bytes:
    """The 32 bytes of an EncodingAESKey (43 characters of base64 without the last `=`)."""
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise NotOurs("key") from wrong
    if len(key) != 32:
        raise NotOurs("key")
    return key


def encrypt(message: bytes, *, key: bytes, appid: str, random: bytes) -> str:
    """random(16) + length (4 bytes, big-endian) + message + appid, padded to 32 bytes, AES-256-CBC, base64."""
    plain = random + struct.pack(">I", len(message)) + message + appid.encode()
    pad = BLOCK - len(plain) % BLOCK
    done = _cipher(key).encryptor()
    return base64.b64encode(done.update(plain + bytes([pad]) * pad) + done.finalize()).decode()


def decrypt(text: str, *, key: bytes, appid: str) -> bytes:
    """The message, if it was made with this key for this account."""
    try:
        sealed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise NotOurs("base64") from wrong
    if not sealed or len(sealed) % 16:
        raise NotOurs("length")
    opened = _cipher(key).decryptor()
    plain = opened.update(sealed) + opened.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad or len(plain) - pad < _HEAD:
        raise NotOurs("padding")
    plain = plain[:-pad]
    (size,) = struct.unpack(">I", plain[16:_HEAD])
    if _HEAD + size > len(plain):
        raise NotOurs("length")
    if not hmac.compare_digest(plain[_HEAD + size :], appid.encode()):
        raise NotOurs("appid")
    return plain[_HEAD : _HEAD + size]


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
