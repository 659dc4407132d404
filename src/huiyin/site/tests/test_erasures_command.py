"""`huiyin erasures`: the same two people as on the page, each with their own password, and again after a restore."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.utils.translation import override

from huiyin.kernel.ids import new_id
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed
from huiyin.resolve.erasures.models import Erasure
from huiyin.resolve.erasures.tests.test_erasures import FOUR_YEARS, ended
from huiyin.site.cli.erasures import erasures_

SECRET = "Zhengju-4417-shan"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "huiyin.toml").touch()
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path))


def run(*words: object, typed: str = "") -> Result:
    with override("zh-hans"):  # a command speaks its own language and leaves it behind
        return CliRunner().invoke(erasures_, [str(word) for word in words], input=typed)


def test_two_accounts_erase_a_person_and_a_restored_backup_is_erased_again(cast: Any, at: Any, tmp_path: Path) -> None:
    for name in ("sun", "zhou"):
        cast.user[name].set_password(SECRET)
        cast.user[name].save()
    recent = ended(cast, at - timedelta(days=3), phone="13900139000", name="李秀英")
    barred = run("check", recent.customer)
    assert barred.exit_code == 1 and recent.number in barred.output and "2029" in barred.output
    person = ended(cast, at - FOUR_YEARS).customer
    assert run("check", person).exit_code == 0
    asking = ("ask", person, "--reason", "request", "--user", "zhou")
    assert run(*asking, typed="wrong\n").exit_code == 1 and not Erasure.objects.exists()
    assert run(*asking, typed=f"{SECRET}\n").exit_code == 0
    row = Erasure.objects.get()
    alone = run("carry-out", row.pk, "--user", "zhou", typed=f"{SECRET}\ny\n")
    assert alone.exit_code != 0 and not sealed.is_erased(person), "whoever asked does not decide"
    Erasure.objects.all().delete()
    assert run("ask", person, "--reason", "request", "--user", "sun", typed=f"{SECRET}\n").exit_code == 0
    row = Erasure.objects.get()
    assert run("carry-out", row.pk, "--user", "zhou", typed=f"{SECRET}\nn\n").exit_code == 1
    assert run("carry-out", row.pk, "--user", "zhou", typed=f"{SECRET}\ny\n").exit_code == 0
    assert sealed.is_erased(person)
    kept = tmp_path / "erased.json"
    assert run("list", kept).exit_code == 0 and str(person) in kept.read_text("utf-8")
    back = new_id()  # as after a restore: a key that had been destroyed is there again
    vault.keep(subject=back, table="t", row=back, values={"name": "张桂兰"})
    told = json.loads(kept.read_text("utf-8"))
    kept.write_text(json.dumps({"erased": [*told["erased"], str(back)]}), "utf-8")
    assert run("again", kept).exit_code == 0 and sealed.reveal("t", back) == {}
    kept.write_text("[]", "utf-8")
    assert run("again", kept).exit_code == 2
