"""The ledger's key is made once, however many ask for it first."""

import threading
from pathlib import Path
from typing import Any

from huiyin.ledger import keys
from huiyin.platform.vault.plugs import keyfile


def test_fifty_threads_that_ask_first_get_one_key(settings: Any, tmp_path: Path) -> None:
    settings.HUIYIN_HOME = tmp_path
    start, found, failed = threading.Barrier(50), set(), []

    def ask() -> None:
        start.wait()
        try:
            found.add((str(keys.signer()), keyfile.blind(), keyfile.master()))
        except Exception as bug:
            failed.append(repr(bug))

    crowd = [threading.Thread(target=ask) for _ in range(50)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert not failed and len(found) == 1
