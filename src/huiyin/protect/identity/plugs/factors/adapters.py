"""What allauth asks of us: no sign-up, secrets of second factors encrypted at rest."""

import base64
import os
import time
from functools import lru_cache
from pathlib import Path

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

FRESH = 300  # seconds


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are given by an administrator, never taken."""
        return False

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Somebody who has just signed in need not enter the password again to set up the second factor."""
        proofs = get_authentication_records(self.request, self.request.user)
        if proofs and time.time() - proofs[-1]["at"] < FRESH:
            return False
        return super().is_reauthentication_required(app=app)


class FactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, text.encode(), b"factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        blob = base64.b64decode(encrypted_text)
        return AESGCM(_key()).decrypt(blob[:12], blob[12:], b"factor").decode()

    def get_totp_issuer(self) -> str:
        return settings.HUIYIN_BANK_NAME or "Huiyin"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())


def _key() -> bytes:
    return _key_in(Path(settings.HUIYIN_HOME) / "keys" / "factors")


@lru_cache(maxsize=8)
def _key_in(path: Path) -> bytes:
    """The key of second-factor secrets, made once per home and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(AESGCM.generate_key(256))
    except FileExistsError:
        pass
    return path.read_bytes()
