"""The records over which the access matrix is walked: one of each kind in branch B01, made as the rooms make them."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from django.test import Client

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.products import actions as products
from huiyin.bank.staff import actions as staff
from huiyin.bank.standards import actions as standards
from huiyin.bank.standards import queries as standing_queries
from huiyin.bank.standards.rules.templates import Text
from huiyin.improve.rectifications import actions as rectifications
from huiyin.improve.rectifications import queries as rectified
from huiyin.kernel.actor import customer, machine
from huiyin.kernel.ids import new_id
from huiyin.kernel.label import Label
from huiyin.listen.channels import actions as channels
from huiyin.listen.chats import actions as chats
from huiyin.listen.counters import actions as counters
from huiyin.listen.social import actions as social
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.surveys.rules.questions import Content, Question
from huiyin.measure.alerts import actions as alerts
from huiyin.measure.alerts.queries import Found, Part
from huiyin.measure.reviews import actions as reviews
from huiyin.measure.reviews.models import Sample, Score
from huiyin.measure.reviews.tests import stories as reviewed
from huiyin.platform.files import actions as files
from huiyin.platform.imports.models import Run
from huiyin.platform.messages import actions as messages
from huiyin.platform.messages.models import Notice
from huiyin.protect.access import actions as access
from huiyin.protect.access.models import Grant
from huiyin.resolve.appeals import actions as appeals
from huiyin.resolve.callbacks import actions as callbacks
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases import queries
from huiyin.resolve.cases import queries as case_queries
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.groups import actions as groups
from huiyin.resolve.precontacts import actions as precontacts
from huiyin.resolve.workbench import actions as workbench
from tests.loop.access_table import STAFF, by_scope, own

BY, TICK = machine("cast"), machine("tick")
CELL = {"branch": "B01", "outlet": "O0101"}
NOTHING = {
    "unit": "NOSUCH",
    "number": "99999",
    "user": "987654",
    "product": "CARD",
    "colleague": "10004",
    "channel": "no-such",
    "plan": "no-such",
}
_LINKS = {"file": "desk/files/", "unmask": "desk/vault/unmask/", "clock": "desk/clocks/"}


@dataclass
class World:
    """`names`: what rows call the records. `own`: per role the records of which its person in B01 is the holder."""

    cast: Any
    clients: dict[tuple[str, str], Client] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)  # what no page may show to somebody over B02

    def of(self, role: str) -> dict[str, str]:
        return self.names | self.own[role]

    def missing(self, role: str) -> dict[str, str]:
        """The same names for records that do not exist."""
        found = {name: _made_up(name, value) for name, value in self.of(role).items()}
        return found | NOTHING

    def keep(self, name: str, case: Case, role: str = "") -> None:
        case = stories.fresh(case)
        place = self.own[role] if role else self.names
        place |= {name: str(case.id), f"{name}_version": str(case.version), f"{name}_number": case.number}
        self.secrets |= {str(case.id), case.number}


def _made_up(name: str, value: str) -> str:
    for start in _LINKS.values():
        if value.startswith(start):
            seal = "/?seal=made-up" if start == "desk/clocks/" else "/"
            return f"{start}{UUID(int=9) if seal != '/' else 'made-up'}{seal}"
    return str(UUID(int=9)) if re.fullmatch(r"[0-9a-f-]{36}", value) else value


def make_world(cast: Any) -> World:
    """Somebody of every role in B01 and in B02, and what they may look at."""
    world = World(cast)
    for role in sorted(STAFF):
        for where in ("B01", "B02"):
            key = f"{role}-{where}"
            cast.person(key, unit=where, post="teller", roles={role: where})
            world.clients[role, where] = cast.login(Client(raise_request_exception=False), key)
        world.own[role] = {}
    cast.person("accused", unit="B01", post="supervisor", roles={"supervisor": "B01"})
    _bank(world)
    _surveys(world)
    _cases(world)
    _own_cases(world)
    _posts(world)
    _alerts(world)
    _rectifications(world)
    _reviews(world)
    _inboxes(world)
    _slips(world)
    _channels(world)
    _workbench(world)
    _chats(world)
    _links(world)
    return world


def _bank(world: World) -> None:
    cast, at = world.cast, world.cast.at
    text = Text("关于等候的答复", "{customer}，您好！", "About the wait", "{customer},")
    standards.propose_template(code="waiting", text=text, audience="plain", by=BY, at=at)
    world.names |= {"template": "waiting", "nothing": str(UUID(int=8))}
    officer = cast.actor("zhou")
    change = standards.propose(sort="choice", body="iso-house", by=officer, at=at)
    world.names["change"] = str(change.id)
    products.add_product(code="CARD", name="借记卡", category="bank_card", by=BY, at=at)
    token, _secret = access.issue_token(
        name="x", role="agent", unit=cast.unit["B01"].pk, until_date=date(2026, 12, 31), by=BY, at=at
    )
    run = Run.objects.create(mapping="units", name="x.csv", sha256="0" * 64, state="finished", actor="staff:0", at=at)
    world.names |= {
        "unit": "O0101", "number": cast.zhao.number, "colleague": cast.qian.number, "product": "CARD",
        "run": str(run.pk), "user": str(cast.user["zhao"].pk),
        "grant": str(Grant.objects.get(user=cast.user["zhao"]).pk), "token": str(token.pk),
    }  # fmt: skip


def _surveys(world: World) -> None:
    """A published survey of the branch with a wave that is planned, and one still being built."""
    cast, at = world.cast, world.cast.at
    who, unit, title = cast.actor("zhou"), cast.unit["B01"].pk, Label("", "柜面满意度", "Counter survey")
    content = Content(title=title, questions=(Question("q1", "csat", title, required=True),))
    for name in ("survey", "draft"):
        row = surveys.add_survey(unit=unit, title=title, by=who, at=at)
        surveys.change(survey=row.pk, version=1, content=content, by=who, at=at)
        world.names[name] = str(row.pk)
        world.secrets.add(str(row.pk))
    edition = surveys.publish(survey=UUID(world.names["survey"]), version=2, by=who, at=at)
    planned = surveys.Planned(
        edition=edition.pk, unit=unit, title="春季", frame="list", from_day=None, until_day=None, strata=("unit",),
        margin=Decimal("0.05"), confidence=95, allocation="each", expected_rate=Decimal("0.2"), channel="email",
        rest_days=30, remind_after_days=7, ends_at=at + timedelta(days=21),
    )  # fmt: skip
    wave = surveys.plan(planned=planned, by=who, at=at)
    world.names["wave"] = str(wave.pk)
    world.secrets.add(str(wave.pk))


def _abroad(cast: Any, at: Any, *, asked: bool) -> Any:
    """A case that stands under the law of another country as well, which names letters of its own."""
    case = stories.taken(cast, at)
    clocks.add_packs(
        subject=case.id, kind="case", stream=case.stream, event="complaint.received", attrs={"kind": "complaint", "topic": "general"},
        anchors={"received_at": at}, packs=["uk-fca-disp/2026.1"], by=BY, at=at,
    )  # fmt: skip
    if asked:
        cases.request_communication(
            case=case.id, code="uk-fca-disp/2026.1/holding", text="等待境外资料", expected_on=date(2026, 4, 20),
            by=cast.actor("zhao"), at=at,
        )  # fmt: skip
    return stories.fresh(case)


def _cases(world: World) -> None:
    """Cases of B01 that nobody of the walked roles holds; each stands where some verbs can be done."""
    cast, at = world.cast, world.cast.at
    zhao = cast.actor("zhao")
    world.keep("answered", _answered(cast, "zhao"))
    world.names["reply"] = str(queries.replies(UUID(world.names["answered"]))[0].pk)
    about = stories.taken(cast, at, staff=(cast.wang.pk,))
    staff.accuse(subject=about.id, staff=cast.accused.pk, by=BY, at=at)
    _attach(cast, about)
    world.keep("case", stories.grade(cast, about, at, complexity="complex"))
    world.names["customer"] = str(about.customer)
    double = stories.taken(cast, at, name="李四", phone="13900139009")
    world.names["double"] = str(double.customer)
    world.secrets |= {str(double.customer), str(double.id), double.number}
    group = groups.open_group(
        kind="event", title="系统故障", unit=cast.unit["B01"].pk, people=0, by=cast.actor("zhou"), at=at
    )
    world.names["group"] = str(group.pk)
    world.secrets |= {str(group.pk), group.number}
    world.secrets.add(str(about.customer))
    world.keep("fresh", stories.hear(cast, at))
    offered = stories.grade(cast, stories.taken(cast, at), at, complexity="complex")
    cases.request_extension(case=offered.id, reason="investigation", by=zhao, at=at)
    offer = cases.offer_handover(case=offered.id, receiver=cast.qian.pk, reason="load", by=zhao, at=at)
    world.keep("offered", offered)
    world.names["handover"] = str(offer.pk)
    for name in ("abroad", "abroad_asked"):
        world.keep(name, _abroad(cast, at, asked=name == "abroad_asked"))
    untold = stories.taken(cast, at)
    cases.mark_needs(case=untold.id, needs=["elderly"], source="customer", text="", by=zhao, at=at)
    cases.send_reply(reply=stories.drafted(cast, stories.fresh(untold), at).pk, by=zhao, at=at)
    world.keep("untold", stories.fresh(untold))
    ready = stories.taken(cast, at)
    stories.drafted(cast, ready, at)
    world.keep("ready", ready)
    asked = stories.taken(cast, at)
    leg = cases.open_leg(case=asked.id, kind="consult", holder=cast.qian.pk, text="请核对", by=zhao, at=at)
    world.keep("asked", asked)
    world.names["leg"] = str(leg.pk)
    _redress(world)
    _appeals(world)
    _precontacts(world)
    _callbacks(world)
    approving = stories.grade(cast, stories.taken(cast, at), at, severity="serious")
    stories.drafted(cast, approving, at)
    world.keep("approving", approving)


def _appeals(world: World) -> None:
    """A decision of the branch under review at head office, and a mediation that is still open."""
    cast, at = world.cast, world.cast.at
    case = _answered(cast, "zhao")
    row = appeals.request_review(case=case.id, text="请上级核查", how="letter", by=BY, at=at)
    mediated = stories.taken(cast, at)
    opened = appeals.open_mediation(
        case=mediated.id, body="people", opened_on=date(2026, 3, 5), evidence="调字1号", by=BY, at=at
    )
    world.names |= {"review": str(row.pk), "mediation": str(opened.pk)}


def _precontacts(world: World) -> None:
    """Questions to a customer that wait for the answer."""
    cast, at = world.cast, world.cast.at
    code = "ask-papers-and-facts"
    text = standing_queries.shipped_templates()[code]
    made = standards.propose_template(code=code, text=text, audience="asking", by=cast.actor("sun"), at=at)
    standards.decide_template(code=code, version=made.version, approve=True, by=cast.actor("zhou"), at=at)
    row = precontacts.ask(
        case=stories.taken(cast, at).id, template=code, papers=["receipt"], facts={}, by=cast.actor("zhao"), at=at
    )
    world.names["precontact"] = str(row.pk)
    world.secrets.add(str(row.pk))


def _callbacks(world: World) -> None:
    """A list of two calls: one waits, one is in the hand of a caller of head office."""
    cast, at = world.cast, world.cast.at
    for _n in range(2):
        case = _answered(cast, "zhao")
        cases.confirm(case=case.id, by=stories.the_customer(case), at=at)
        world.secrets |= {str(case.id), case.number}
    made = callbacks.draw(
        id=new_id(), rule="share", unit=cast.unit["B01"].pk, closed_from=at.date(), closed_to=at.date(), percent=100,
        stratum="unit", seed="walk", by=cast.actor("sun"), at=at,
    )  # fmt: skip
    cast.person("caller", unit="HO-CP", post="teller", roles={"agent": "HO"})
    call = callbacks.take_next(by=cast.actor("caller"), at=at)
    world.names |= {"call_list": str(made.pk), "call": str(call.pk)}
    world.secrets |= {str(made.pk), str(call.pk)}


def _redress(world: World) -> None:
    """Redress at every step: above zhao's limit it waits, below it goes its way."""
    cast, at = world.cast, world.cast.at
    zhao, sun = cast.actor("zhao"), cast.actor("sun")

    def proposed(amount: int) -> tuple[Case, UUID]:
        case = stories.taken(cast, at)
        row = cases.propose_redress(case=case.id, kind="money", amount=amount, text="补偿误工", by=zhao, at=at)
        return case, row.pk

    waiting, _row = proposed(50_000)
    world.keep("redress_waiting", waiting)
    ready, _row = proposed(100)
    world.keep("redress_ready", ready)
    offered, row = proposed(100)
    cases.offer_redress(redress=row, by=zhao, at=at)
    world.keep("redress_offered", offered)
    accepted, row = proposed(100)
    cases.offer_redress(redress=row, by=zhao, at=at)
    cases.answer_redress(redress=row, accepted=True, by=sun, at=at)
    world.keep("redress_accepted", accepted)


def _own_cases(world: World) -> None:
    """For the roles that may do something only to what is theirs: a case they handle, and one they are offered."""
    cast, at = world.cast, world.cast.at
    for role in sorted(own("case.request_extension")):
        me = f"{role}-B01"
        handled = stories.grade(cast, stories.taken(cast, at, me), at, complexity="complex")
        _attach(cast, handled)
        world.keep("mine", handled, role)
        lent = stories.taken(cast, at)
        offer = cases.offer_handover(
            case=lent.id, receiver=cast.staff[me].pk, reason="load", by=cast.actor("zhao"), at=at
        )
        world.keep("mine_offered", lent, role)
        world.own[role]["mine_handover"] = str(offer.pk)
    for role in sorted(own("case.close")):
        world.keep("mine_answered", _answered(cast, f"{role}-B01"), role)


def _answered(cast: Any, who: str) -> Case:
    """Answered ten days ago: the customer said nothing, so it may be closed, and may still be disputed."""
    then = cast.at - timedelta(days=10)
    case = stories.grade(cast, stories.taken(cast, then, who), then)
    reply = stories.drafted(cast, case, then, who)
    cases.send_reply(reply=reply.pk, by=cast.actor(who), at=then)
    stories.traced(cast, case, then)
    return case


def _attach(cast: Any, case: Case) -> None:
    files.keep_file(
        matter=case.id, subject=case.id, name="排队小票.txt", content="9:12 取号，11:05 叫号".encode(),
        by=machine("portal"), at=cast.at,
    )  # fmt: skip


def _posts(world: World) -> None:
    cast, at = world.cast, world.cast.at
    told = social.Told(
        source="weibo", ref="1", text="排队两个小时", author="早起的鱼", posted_at=at, unit=cast.unit["O0101"].pk
    )
    post, _outcome = social.take_post(told=told, by=BY, at=at)
    world.names["post"] = str(post)
    world.secrets |= {str(post), "排队两个小时"}


def _alerts(world: World) -> None:
    cast, at = world.cast, world.cast.at
    for name, category, observed in (
        ("alert", "bank_card", 9.0), ("alert_near", "savings", 8.0), ("alert_doubted", "loan", 30.0)
    ):  # fmt: skip
        cell = CELL | {"category": category}
        seen = date(2026, 3, 1)
        found = Found(
            indicator="M12", rule="surge", family="bank", cell=cell, since=seen - timedelta(days=6), seen=seen, weeks=1,
            observed=observed, expected=1.2, upper=4.0, p=2e-5, explained_by=(Part(cell, observed, 1.2, 1.0),),
            series=(),
        )  # fmt: skip
        (made,) = alerts.raise_many(found=[found], by=TICK, at=at)
        world.names[name] = str(made.pk)
        world.secrets |= {str(made.pk), made.number}
    doubted = UUID(world.names["alert_doubted"])
    alerts.dismiss(alert=doubted, reason="data", text="重复导入", by=cast.actor("wu"), at=at)


def _rectifications(world: World) -> None:
    """One at every step, carried out by li, the head of the outlet; and one for each role that may own one."""
    cast, at = world.cast, world.cast.at
    numbers = count(1)

    def opened(name: str, owner: UUID, role: str = "") -> UUID:
        opening = rectifications.Opening(
            problem=f"柜面未提示 {next(numbers)}",
            owner=owner,
            indicator="M15",
            unit=cast.unit["O0101"].pk,
            origin="audit",
        )
        row = rectifications.open_rectification(opening=opening, by=cast.actor("sun"), at=at)
        (world.own[role] if role else world.names)[name] = str(row.pk)
        world.secrets |= {str(row.pk), row.number}
        return row.pk

    def carried_out(name: str, *, done: bool = True) -> UUID:
        row = opened(name, cast.li.pk)
        who: dict[str, Any] = {"rectification": row, "by": cast.actor("li"), "at": at}
        rectifications.plan(**who, cause_code="process", cause="柜面未提示", plan="全员重训")
        rectifications.add_evidence(**who, text="签到表", name="签到表.txt", content="全员到场".encode())
        if done:
            rectifications.finish(**who, text="均已落实")
        return row

    opened("rectification", cast.li.pk)
    for role in sorted(own("rectification.work")):
        opened("mine_rectification", cast.staff[f"{role}-B01"].pk, role)
    carried_out("rectification_planned", done=False)
    carried_out("rectification_done")
    shown = [carried_out("rectification_shown"), carried_out("rectification_closed")]
    for row in shown:
        rectifications.verify(rectification=row, agree=True, text="现场查看属实", by=cast.actor("wu"), at=at)
    # Three whole months at target need months of columns; that rule has tests of its own.
    effect_of, rectified.effect_of = rectified.effect_of, lambda row, at: ("shown", [])
    try:
        assert rectifications.check_effects(by=TICK, at=at) == 2
    finally:
        rectified.effect_of = effect_of
    rectifications.close(rectification=shown[1], text="已降到正常水平", by=cast.actor("zhou"), at=at)


def _reviews(world: World) -> None:
    """A draw over the calls of last month in B01: one scored for each role that reads its own, one objected to, one open;
    and a calibration session in which everybody of B01 who may score has a form."""
    cast, at, wu = world.cast, world.cast.at, world.cast.actor("wu")
    then = at - timedelta(days=10)
    for who in [*(f"{role}-B01" for role in sorted(own("quality.own"))), "zhao", "qian"]:
        stories.hear(cast, then, channel="phone", taken_by=cast.staff[who].pk)
    reviews.make_plan(
        code="calls", sort="call", scorecard="conversation", unit=cast.unit["B01"].pk, period="month",
        quotas={"base": (100, 0)}, double=0, by=wu, at=then,
    )  # fmt: skip
    draw = reviews.draw(plan="calls", by=wu, at=at)
    samples = {sample.person_id: sample for sample in Sample.objects.filter(draw=draw)}
    # Whoever decides on an objection has not scored: the draw may have given the form to one who walks.
    Score.objects.filter(sample=samples[cast.qian.pk]).update(reviewer=cast.staff["supervisor-B01"].pk)
    for person in [*(cast.staff[f"{role}-B01"].pk for role in sorted(own("quality.own"))), cast.qian.pk]:
        reviewed.give(cast, reviewed.form(samples[person]), at)
    for role in own("quality.own"):
        sample = Sample.objects.get(pk=samples[cast.staff[f"{role}-B01"].pk].pk)
        world.own[role] |= {"mine_quality": str(sample.pk), "mine_quality_version": str(sample.version)}
    objected = Sample.objects.get(pk=samples[cast.qian.pk].pk)
    reviews.object_to(sample=objected.pk, version=objected.version, reason="已核身", by=cast.actor("qian"), at=at)
    waits = samples[cast.zhao.pk]
    judges = [cast.staff[f"{role}-B01"].pk for role in sorted(by_scope("quality.review"))]
    session = reviews.open_session(
        sort="call", number=waits.number, scorecard="conversation", reviewers=judges, by=wu, at=at
    )
    for role in by_scope("quality.review"):
        form = Score.objects.get(sample=session, reviewer=cast.staff[f"{role}-B01"].pk)
        world.own[role]["mine_form"] = str(form.pk)
    text = standing_queries.scorecard_text("conversation").replace("version = 1", "version = 2")
    standards.draft_scorecard(body=text, by=wu, at=at)
    world.names |= {
        "plan": "calls", "draw": str(draw.pk), "quality": str(waits.pk), "quality_form": str(reviewed.form(waits).pk),
        "objected": str(objected.pk), "session": str(session.pk), "others_form": str(reviewed.form(session, "reference").pk), "judge": cast.zhou.number,
    }  # fmt: skip
    world.secrets |= {str(waits.pk), waits.number, str(objected.pk), str(session.pk), str(draw.pk)}


def _inboxes(world: World) -> None:
    """A line for everybody of B01, and one for zhao."""
    cast, case = world.cast, world.names["case"]
    people = {role: cast.staff[f"{role}-B01"].pk for role in STAFF} | {"": cast.zhao.pk}
    messages.notify_many(
        notes=[
            messages.Note(
                staff=person, kind="case_opened", matter=UUID(case), params={"number": world.names["case_number"]},
                link=f"/desk/cases/{case}/", at=cast.at, key="walk",
            )
            for person in people.values()
        ]
    )  # fmt: skip
    for role, person in people.items():
        line = str(Notice.objects.get(key=f"{person}:walk").pk)
        if role:
            world.own[role]["notice"] = line
        else:
            world.names["others_notice"] = line


def _channels(world: World) -> None:
    """A mailbox of the branch, in which one mail could not be read."""
    cast, at = world.cast, world.cast.at
    row = channels.add_channel(
        code="mail-b01", kind="email", name="分行邮箱", unit=cast.unit["B01"].pk, by=BY, at=at,
        settings={"address": "b01@qinghe.example", "host": "127.0.0.1", "port": "9", "user": "b01"},
    )  # fmt: skip
    kept = channels.arrive(channel=row, key="1:1", raw=b"Subject: nobody\n\nhello", by=BY, at=at)
    channels.understand(arrival=kept.id, at=at)
    world.names |= {"channel": row.code, "arrival": str(kept.id)}
    world.secrets |= {row.code, str(kept.id)}


def _slips(world: World) -> None:
    """Whoever may enter a complaint writes one down; so does zhao."""
    clients = {role: world.clients[role, "B01"] for role in by_scope("case.create")} | {"": _zhao(world)}
    for role, client in clients.items():
        said = {"channel": "phone", "kind": "complaint", "name": "李四", "phone": "13900139000", "text": "手续费多收了"}
        answer = client.post("/desk/new/", said | {"unit": "O0101", "key": f"walk-{role}"})
        assert answer.status_code == 302, answer.status_code
        slip = answer["Location"].rstrip("/").rsplit("/", 1)[1]
        world.secrets.add(slip)
        if role:
            world.own[role]["intake"] = slip
        else:
            world.names["intake"] = world.names["others_intake"] = slip


def _workbench(world: World) -> None:
    """What zhao keeps on the workbench, and the note of the shift that zhao hands over at branch B01."""
    cast, at = world.cast, world.cast.at
    zhao = cast.actor("zhao")
    view = workbench.keep_view(name="我的", asked=case_queries.wanted({"view": "all"}), shared=False, by=zhao, at=at)
    batch = workbench.start_batch(id=new_id(), verb="remind", params={}, lines=[], by=zhao, at=at)
    note = workbench.hand_over_shift(text="无", watched=[], by=zhao, at=at)
    world.names |= {"others_view": str(view.pk), "others_batch": str(batch.pk), "shift": str(note.pk)}
    world.secrets |= {str(view.pk), str(batch.pk), str(note.pk)}


def _chats(world: World) -> None:
    """A chat that zhao has taken, one that waits at branch B01, and a low rating at a counter there."""
    cast, at = world.cast, world.cast.at
    ids = [new_id(), new_id()]
    for id in ids:
        asked = chats.Opening(unit=cast.unit["B01"].pk, text="请问怎么挂失？")
        chats.open_chat(id=id, asked=asked, origin="", by=customer(id), at=at)
    chats.take(chat=ids[0], by=cast.actor("zhao"), at=at)
    world.names |= {"chat": str(ids[0]), "chat_waiting": str(ids[1])}
    spot = counters.open_spot(unit=cast.unit["O0101"].pk, label="3", by=cast.actor("li"), at=at)
    press = counters.rate(id=new_id(), spot=spot.pk, score=1, reasons=(), by=BY, at=at)
    world.names |= {"spot": str(spot.pk), "press": str(press.pk)}
    world.secrets |= {*map(str, ids), str(spot.pk), str(press.pk)}


def _links(world: World) -> None:
    """The sealed links that the pages offer to each reader, whatever they are offered."""
    links = seals(_zhao(world), f"/desk/cases/{world.names['case']}/")
    world.names |= links | {f"others_{name}": link for name, link in links.items()}
    world.names["clock_id"] = links["clock"].split("/")[2]
    for role in STAFF:
        client = world.clients[role, "B01"]
        world.own[role] |= seals(client, f"/desk/cases/{world.names['case']}/")
        if "mine" in world.own[role]:
            found = seals(client, f"/desk/cases/{world.own[role]['mine']}/")
            world.own[role] |= {f"mine_{name}": link for name, link in found.items()}
        found = seals(client, f"/desk/rectifications/{world.names['rectification_done']}/")
        if "file" in found:
            world.own[role]["evidence"] = found["file"]
    world.names["evidence"] = world.own["inspector"]["evidence"]


def seals(client: Client, page: str) -> dict[str, str]:
    """The first link of each kind on a page."""
    text = client.get(page).content.decode()
    found = {}
    for name, start in _LINKS.items():
        match = re.search(rf'"/({start}[^"]+)"', text)
        if match:
            found[name] = match[1].replace("&amp;", "&")
    return found


def _zhao(world: World) -> Client:
    return world.cast.login(Client(), "zhao")
