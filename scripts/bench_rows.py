"""Fill an empty home with cases that have no ledger (decision 32), then time lists and search over them, through HTTP.

    HUIYIN_HOME=… HUIYIN_DATABASE_URL=… .venv/bin/python scripts/bench_rows.py --rows 1000000

Rows go in by COPY on PostgreSQL and by prepared statements on SQLite. Every case has its voice, its words sealed under a
key of its own, and its entry in the search index, made by the product's own functions; it has no clock rows, no ledger
entries and no customer record. Five years, 20 branches with 10 outlets each, three in a hundred still open.
"""

import argparse
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, models, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from huiyin.bank.staff import actions as staff  # noqa: E402
from huiyin.bank.units import actions as units  # noqa: E402
from huiyin.bank.units import queries as unit_queries  # noqa: E402
from huiyin.kernel.actor import machine  # noqa: E402
from huiyin.kernel.ids import id_from  # noqa: E402
from huiyin.listen.voices.models import Voice  # noqa: E402
from huiyin.platform.search.models import Document  # noqa: E402
from huiyin.platform.search.queries import hashes, hexed, label, terms_of  # noqa: E402
from huiyin.platform.search.rules.ranking import month_of, number_of  # noqa: E402
from huiyin.platform.tables.actions import in_bulk, insert_values  # noqa: E402
from huiyin.platform.vault.models import DataKey, Sealed  # noqa: E402
from huiyin.platform.vault.plugs import keyfile  # noqa: E402
from huiyin.platform.vault.rules import sealing  # noqa: E402
from huiyin.protect.access import actions as access  # noqa: E402
from huiyin.protect.identity import actions as identity  # noqa: E402
from huiyin.protect.identity.models import User  # noqa: E402
from huiyin.resolve.cases.models import Case  # noqa: E402
from huiyin.resolve.finding.rules import labels_of  # noqa: E402
from huiyin.site.now import now  # noqa: E402

BY, AT = machine("bench"), now()
BATCH = 5_000
TIMES = 20
OPENINGS = (
    "我的信用卡",
    "本人的储蓄卡",
    "家里老人的存折",
    "我在贵行的房贷",
    "手机银行APP",
    "信用卡中心",
    "柜台工作人员",
    "理财经理",
)
MIDDLES = (
    "被盗刷了两千元", "连续三天无法登录", "排队等候两个小时无人叫号", "年费重复收取", "到期未及时到账", "态度非常恶劣", "拒绝受理投诉",
    "没有说明提前还款违约金", "销售时隐瞒了风险等级", "征信记录有误不予更正", "自动续保未经本人同意", "ATM吞卡后推诿", "利率与合同不符",
    "短信通知延迟", "挂失后仍被扣款", "贷款审批超过承诺时限", "外币兑换牌价有误", "泄露客户信息", "催收电话骚扰家人", "残币拒绝兑换",
)  # fmt: skip
ENDS = (
    "要求银行尽快答复",
    "请退还费用并道歉",
    "希望改进服务",
    "已向监管部门反映",
    "要求书面说明原因",
    "请联系本人处理",
    "the branch refused to help, mortgage statement wrong",
)
CHANNELS = ("portal", "counter", "phone", "wechat", "regulator")
CATEGORIES = ("savings", "bank_card", "loan", "payment", "wealth_own", "agency", "other")


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rows", type=int, default=200_000)
    rows: int = given.parse_args().rows
    settings.ALLOWED_HOSTS.append("testserver")
    settings.HUIYIN_MFA_REQUIRED = False  # the clients here have signed in with a password alone
    call_command("migrate", verbosity=0, interactive=False)
    there = Case.objects.count()
    if there < rows:
        began = time.perf_counter()
        fill(rows - there)
        say(f"{rows - there:,} cases in {time.perf_counter() - began:,.0f} s", "voice, case, sealed words, index entry")
    for name, figure in sizes():
        say(f"{name} {figure}")
    measure()


def say(figure: str, note: str = "") -> None:
    print(f"{'rows':<12} {figure:<70} {note}", flush=True)


def bank() -> list[tuple[Any, str]]:
    """The units and four people; returns (unit id, path) of every outlet."""
    lines = [units.NewUnit("HO", "总行", "head", None), units.NewUnit("HO-DUTY", "值班台", "desk", "HO")]
    for b in range(1, 21):
        lines.append(units.NewUnit(f"B{b:02}", f"第{b}分行", "branch", "HO", name_en=f"Branch {b}"))
        lines += [
            units.NewUnit(f"O{b:02}{o:02}", f"第{b}分行第{o}支行", "outlet", f"B{b:02}", name_en=f"Outlet {b}-{o}")
            for o in range(1, 11)
        ]
    since = AT.date() - timedelta(days=9000)
    if not unit_queries.head_office():
        units.add_many(units=lines, from_date=since, by=BY, at=AT)
        made = unit_queries.by_codes(["HO", "B01", "O0101"])
        people = (("head", "HO", "consumer_protection", "consumer_protection"), ("branch", "B01", "supervisor", "supervisor"),
                  ("outlet", "O0101", "outlet_manager", "outlet_manager"), ("handler", "B01", "handler", "owner"),
                  ("teller", "O0101", "teller", "agent"))  # fmt: skip
        for n, (name, unit, post, role) in enumerate(people, 1):
            hired = staff.hire(number=str(n), name=name, unit=made[unit].pk, post=post, from_date=since, by=BY, at=AT)
            user = identity.add_user(username=name, staff=hired.pk, name=name, by=BY, at=AT)
            access.give(
                user=user.pk, role=role, unit=made[unit].pk, until_date=AT.date() + timedelta(days=30), by=BY, at=AT
            )
    today = AT.date()
    return [(view.id, view.path) for view in unit_queries.all_units(today) if view.kind == "outlet"]


def fill(count: int) -> None:
    """Without the index of terms while the rows come in: it is built once, at the end, as a restore would."""
    outlets, before = bank(), Case.objects.count()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS search_document_terms")
    end = before + count
    batches = [(start, min(start + BATCH, end), outlets) for start in range(before, end, BATCH)]
    connections.close_all()  # a connection belongs to one process
    with in_bulk(), multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for batch in pool.imap(made_many, batches):
            with transaction.atomic():
                for place, model in enumerate((Voice, Case, DataKey, Sealed)):
                    put(model, [rows[place] for rows in batch])
                put_documents([rows[4] for rows in batch])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '1GB'")
            cursor.execute("CREATE INDEX search_document_terms ON search_document USING gin (terms)")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def made_many(batch: tuple[int, int, list[tuple[Any, str]]]) -> list[tuple[dict[str, Any], ...]]:
    start, end, outlets = batch
    return [made(n, outlets) for n in range(start, end)]


def made(n: int, outlets: list[tuple[Any, str]]) -> tuple[dict[str, Any], ...]:
    """One complaint: its voice, case, key, sealed words and index entry."""
    dice = random.Random(n)
    received = AT - timedelta(seconds=60 + dice.random() * 5 * 365 * 86_400)
    id = id_from(int(received.timestamp() * 1000), dice.randbytes(10))
    unit, path = outlets[int(dice.random() ** 2 * len(outlets))]
    text = f"{dice.choice(OPENINGS)}{dice.choice(MIDDLES)}，{dice.choice(MIDDLES)}，金额{dice.randrange(9999)}元。{dice.choice(ENDS)}"
    if n % 50_000 == 7:
        text += "，涉及䶮𬎆罕见字条款"
    number = f"TS-{received:%Y%m%d}-{n % 1_000_000:06d}" if n < 1_000_000 else f"TS-{received:%Y%m%d}-{n:08d}"
    still_open = n % 33 == 0
    due = received + timedelta(days=15) if not still_open else AT + timedelta(hours=dice.randrange(-200, 400))
    common = {
        "id": id,
        "number": number,
        "kind": "complaint",
        "channel": dice.choice(CHANNELS),
        "received_at": received,
    }
    voice = common | {"language": "zh-hans", "unit_id": unit, "secret_hash": None, "occurred_on": None}
    case = common | {
        "unit_id": unit, "unit_path": path, "opened_at": received, "category": dice.choice(CATEGORIES), "cause": "service",
        "state": dice.choice(("new", "working")) if still_open else "closed", "house_due_at": due, "legal_due_at": due,
        "rank_at": due, "risk_at": due - timedelta(days=3), "outcome": "" if still_open else "resolved",
        "closed_at": None if still_open else received + timedelta(days=6),
    }  # fmt: skip
    kid, master = keyfile.master()
    key = dice.randbytes(32)
    wrapped = sealing.seal(master, dice.randbytes(12), key, sealing.wrapping(kid, id))
    blob = sealing.seal(key, dice.randbytes(12), sealing.packed({"text": text}), sealing.place("voices_voice", id, id))
    labels = {label(one) for one in labels_of(number=number, unit=unit, people=set())}
    terms = sorted(hashes(terms_of(text) | labels, month_of(received)))
    document = {"id": number_of(received, id), "kind": "case", "row": id, "matter": id, "subject": id, "terms": terms}
    sealed = {"table": "voices_voice", "row": id, "subject": id, "blob": blob}
    return voice, case, {"subject": id, "kid": kid, "wrapped": wrapped}, sealed, document


def put(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    if connection.vendor != "postgresql":
        insert_values(model, rows)
        return
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    base = {field.attname: field.get_default() for field in fields}
    copy(model._meta.db_table, [field.column for field in fields], ([*(base | row).values()] for row in rows))


def put_documents(rows: Sequence[dict[str, Any]]) -> None:
    if connection.vendor == "postgresql":
        copy(Document._meta.db_table, list(rows[0]), ([*row.values()] for row in rows))
        return
    insert_values(Document, [row | {"terms": " ".join(hexed(row["terms"]))} for row in rows])


def copy(table: str, columns: list[str], rows: Iterator[list[Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def sizes() -> Iterator[tuple[str, str]]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in ("cases_case", "search_document", "search_document_terms", "vault_sealed"):
                cursor.execute("SELECT pg_size_pretty(pg_total_relation_size(%s::regclass))", [name])
                yield f"size of {name}", cursor.fetchone()[0]
    else:
        yield "size of the database", f"{os.path.getsize(settings.DATABASES['default']['NAME']) / 1e9:.1f} GB"


LISTS = ("view=all", "view=all&order=newest", "view=all&state=working", "view=all&channel=phone", "view=all&category=loan",
         "view=all&unit=B05", "view=all&time=late", "view=done", "view=mine")  # fmt: skip
SEARCHES = (
    "信用卡",
    "信用卡 盗刷",
    "排队等候两个小时",
    "卡",
    "䶮𬎆罕见",
    "mortgage",
    "征信记录 书面说明",
    "没有这样的话语",
    "000007",
)


def measure() -> None:
    for who in ("head", "outlet"):
        client = Client()
        client.force_login(
            User.objects.get(username=who), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        for query in LISTS:
            timed(f"list ?{query}", who, lambda c=client, q=query: c.get(f"/desk/work/?{q}"))
        for words in SEARCHES:
            timed(
                f"search {words}",
                who,
                lambda c=client, q=words: c.post(
                    "/desk/search/", {"q": q}, headers={"HX-Request": "true", "HX-Target": "results"}
                ),
            )
        timed("today /desk/", who, lambda c=client: c.get("/desk/"))


def timed(what: str, who: str, ask: Callable[[], Any]) -> None:
    times, ours = [], []
    for _n in range(TIMES + 1):
        began, busy = time.perf_counter(), time.process_time()
        answer = ask()
        times.append((time.perf_counter() - began) * 1000)
        ours.append((time.process_time() - busy) * 1000)
    if answer.status_code != 200:
        raise RuntimeError(f"{what}: {answer.status_code}")
    found = answer.context.get("results") if answer.context else None
    told = f"{found.total}{'+' if found.more else ''} found" if found else ""
    p95 = statistics.quantiles(times[1:], n=20)[-1]
    middle = statistics.median(times[1:])
    say(
        f"{what:<36} {who:<8} {answer.status_code} p50 {middle:5,.0f} p95 {p95:5,.0f} cold {times[0]:5,.0f} ms, Python {statistics.median(ours[1:]):4,.0f}",
        told,
    )


if __name__ == "__main__":
    print(f"{connection.vendor}, {datetime.now(UTC):%Y-%m-%d}, load {os.getloadavg()[0]:.1f}")
    main()
