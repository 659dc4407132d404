"""Who may do what: one pure matrix. Allowed = role and scope (or relation); deny wins; the default is no.

`can(actor, action, obj)` decides one thing, `paths(actor, action)` gives the unit paths for querysets, `own(actor, action)`
says whether the actor may reach what is their own (owner, handler or author) outside those paths.
The matrix is reliability.md §4 with the roles of decision 22; SoD1-SoD5, SoD11, SoD15 are the denials.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal

ROLES = (
    Label("agent", "一线员工", "Front-line agent"),
    Label("owner", "首问责任人", "Case owner"),
    Label("supervisor", "投诉处理主管", "Handling supervisor"),
    Label("outlet_manager", "网点负责人", "Outlet manager"),
    Label("analyst", "质量分析员", "Quality analyst"),
    Label("consumer_protection", "消费者权益保护岗", "Consumer-protection officer"),
    Label("inspector", "检查员", "Inspector"),
    Label("trainer", "培训师", "Trainer"),
    Label("hr", "人力资源岗", "Human resources"),
    Label("auditor", "合规与审计岗", "Compliance officer and auditor"),
    Label("risk", "风险岗", "Risk officer"),
    Label("security", "信息安全岗", "Security officer"),
    Label("whistle", "举报受理岗", "Whistle-blow officer"),
    Label("executive", "管理层", "Executive"),
    Label("administrator", "系统管理员", "Administrator"),
    Label("assistant", "智能助手（机器）", "Assistant (machine)"),
)
ROLE = {role.code: role for role in ROLES}

ACTIONS = (
    Label("case.read", "查看投诉", "Read complaints"),
    Label("case.create", "登记投诉", "Enter complaints"),
    Label("case.assign", "分派投诉", "Assign complaints"),
    Label("case.reply", "起草并发送答复", "Write replies"),
    Label("case.approve_reply", "审批答复", "Approve replies"),
    Label("case.request_extension", "申请延期", "Ask for an extension"),
    Label("case.extend", "批准延期", "Grant an extension"),
    Label("case.note", "写内部备注", "Write internal notes"),
    Label("case.close", "办结投诉", "Close complaints"),
    Label("case.redress", "提出补偿方案", "Propose redress"),
    Label("case.approve_redress", "审批补偿方案", "Approve redress"),
    Label("case.reclassify", "改变事项类别", "Reclassify complaints"),
    Label("case.export", "导出投诉清单", "Export lists of complaints"),
    Label("review.read", "查看核查", "Read reviews"),
    Label("review.give", "分派核查", "Give reviews to somebody"),
    Label("review.decide", "作出核查决定", "Decide reviews"),
    Label("person.unmask", "查看客户身份信息", "Unmask a customer's identity"),
    Label("file.read", "打开附件", "Open attachments"),
    Label("chat.take", "接待在线客服", "Answer chats"),
    Label("chat.read", "查看在线会话", "Read chats"),
    Label("counter.read", "查看柜面评价", "See ratings at the counter"),
    Label("counter.manage", "管理评价码", "Manage rating codes"),
    Label("customer.read", "查看客户全貌", "See the customer page"),
    Label("callback.read", "查看回访任务", "See call-backs"),
    Label("callback.call", "电话回访客户", "Call customers back"),
    Label("callback.draw", "抽取回访名单", "Draw lists of call-backs"),
    Label("callback.script", "编写回访话术", "Write the script of call-backs"),
    Label("customer.tend", "维护客户意愿与核实信息", "Keep a customer's consents and verified details"),
    Label("customer.merge", "合并或拆分客户", "Merge customers and take them apart"),
    Label("erasure.read", "查看个人信息删除申请", "See requests to erase a person"),
    Label("erasure.ask", "申请删除客户个人信息", "Ask that a person be erased"),
    Label("erasure.decide", "决定删除客户个人信息", "Decide that a person is erased"),
    Label("erasure.hold", "采取或解除法律保全", "Forbid erasing, and allow it again"),
    Label("dashboard.read", "查看指标", "See indicators"),
    Label("post.read", "查看社交口碑", "See public posts"),
    Label("post.work", "处理社交帖文", "Work on public posts"),
    Label("alert.read", "查看预警", "See alerts"),
    Label("alert.accept", "认领预警", "Accept alerts"),
    Label("alert.dismiss", "驳回预警", "Dismiss alerts"),
    Label("survey.read", "查看满意度调查", "See surveys and their results"),
    Label("survey.manage", "编制并开展满意度调查", "Build and run surveys"),
    Label("survey.export", "导出调查答卷", "Export survey answers"),
    Label("rectification.read", "查看整改", "See rectifications"),
    Label("rectification.open", "发起整改", "Open rectifications"),
    Label("rectification.work", "落实整改", "Carry out rectifications"),
    Label("rectification.verify", "验证整改", "Verify rectifications"),
    Label("rectification.close", "关闭整改", "Close rectifications"),
    Label("bank.read", "查看机构与人员", "See units and staff"),
    Label("bank.manage", "维护机构与人员", "Maintain units and staff"),
    Label("standards.read", "查看服务标准", "See service standards"),
    Label("standards.manage", "维护服务标准", "Maintain service standards"),
    Label("standards.propose", "提出规则变更", "Propose changes of standards"),
    Label("standards.approve", "批准规则变更", "Approve changes of standards"),
    Label("wording.propose", "提出答复模板", "Propose reply templates"),
    Label("wording.approve", "审定答复模板", "Approve reply templates"),
    Label("scorecard.draft", "编制质检评分表", "Draft scorecards"),
    Label("scorecard.publish", "发布质检评分表", "Publish scorecards"),
    Label("quality.read", "查看质检", "See quality reviews"),
    Label("quality.plan", "编制质检计划并抽样", "Plan and draw quality reviews"),
    Label("quality.review", "质检评分", "Give quality reviews"),
    Label("quality.decide", "裁定质检异议", "Decide objections to quality reviews"),
    Label("quality.own", "查看本人质检结果并提出异议", "See one's own quality reviews and object"),
    Label("triage.read", "查看自动分类质量", "See how good triage is"),
    Label("triage.manage", "更新或回退自动分类", "Renew or roll back triage"),
    Label("users.manage", "管理用户", "Manage users"),
    Label("grants.manage", "管理授权", "Manage grants"),
    Label("tokens.manage", "管理接口令牌", "Manage API tokens"),
    Label("access.read", "查看权限与访问日志", "See grants and the access log"),
    Label("ledger.read", "查看台账", "Read the ledger"),
    Label("ledger.verify", "核验台账", "Verify the ledger"),
    Label("import.run", "导入数据", "Import data"),
    Label("channels.read", "查看渠道对账", "See the channels and their counts"),
    Label("channels.manage", "维护渠道", "Maintain channels"),
    Label("inbox.read", "查看收件箱", "Read one's inbox"),
)
ACTION = {action.code: action for action in ACTIONS}

# How far an allowance reaches.
OWN = "own"  # what the actor owns, handles or wrote
SCOPE = "scope"  # everything in the unit of the grant and below
MASKED = "masked"  # the same, without names and contacts

# Whoever was consulted or works on a case jointly may read it and write notes, wherever it lies; nothing else.
HELPING = frozenset({"case.read", "case.note", "file.read"})

_STAFF = [
    "agent",
    "owner",
    "supervisor",
    "outlet_manager",
    "analyst",
    "consumer_protection",
    "inspector",
    "trainer",
    "hr",
    "auditor",
    "risk",
    "security",
    "whistle",
    "executive",
    "administrator",
]
_BUSINESS = [role for role in _STAFF if role not in ("administrator", "security", "whistle")]


def _all(reach: str, *roles: str) -> dict[str, str]:
    return dict.fromkeys(roles, reach)


MATRIX: dict[str, dict[str, str]] = {
    "case.read": _all(OWN, "agent") | _all(SCOPE, "owner", "supervisor", "consumer_protection", "auditor")
    | _all(MASKED, "outlet_manager", "analyst", "risk") | {"assistant": MASKED},
    "case.create": _all(SCOPE, "agent", "owner", "supervisor", "consumer_protection"),
    "case.assign": _all(SCOPE, "supervisor", "consumer_protection"),
    "case.reply": _all(OWN, "agent", "owner") | _all(SCOPE, "supervisor", "consumer_protection"),
    "case.approve_reply": _all(SCOPE, "supervisor", "consumer_protection"),
    "case.request_extension": _all(OWN, "agent", "owner", "supervisor"),
    "case.extend": _all(SCOPE, "supervisor", "consumer_protection"),
    "case.note": _all(OWN, "agent") | _all(SCOPE, "owner", "supervisor", "consumer_protection"),
    "case.close": _all(OWN, "owner") | _all(SCOPE, "supervisor", "consumer_protection"),
    "case.redress": _all(OWN, "agent", "owner") | _all(SCOPE, "supervisor", "consumer_protection"),
    "case.approve_redress": _all(SCOPE, "supervisor", "consumer_protection"),
    "case.reclassify": _all(SCOPE, "supervisor", "consumer_protection"),
    "case.export": _all(OWN, "agent") | _all(SCOPE, "owner", "supervisor", "consumer_protection", "auditor")
    | _all(MASKED, "outlet_manager", "analyst", "risk"),
    "review.read": _all(OWN, "agent", "owner") | _all(SCOPE, "supervisor", "consumer_protection", "auditor"),
    "review.give": _all(SCOPE, "supervisor", "consumer_protection"),
    "review.decide": _all(OWN, "agent", "owner") | _all(SCOPE, "supervisor", "consumer_protection"),
    "person.unmask": _all(OWN, "agent", "owner") | _all(SCOPE, "supervisor", "consumer_protection"),
    "file.read": _all(OWN, "agent") | _all(SCOPE, "owner", "supervisor", "consumer_protection", "auditor"),
    "chat.take": _all(SCOPE, "agent", "owner", "supervisor", "consumer_protection"),
    "chat.read": _all(OWN, "agent", "owner") | _all(SCOPE, "supervisor", "consumer_protection", "auditor"),
    "counter.read": _all(SCOPE, "supervisor", "outlet_manager", "analyst", "consumer_protection", "inspector"),
    "counter.manage": _all(SCOPE, "outlet_manager", "consumer_protection"),
    "customer.read": _all(OWN, "agent") | _all(MASKED, "owner", "supervisor", "consumer_protection"),
    "callback.read": _all(SCOPE, "agent", "owner", "supervisor", "consumer_protection", "auditor"),
    "callback.call": _all(SCOPE, "agent", "owner", "supervisor", "consumer_protection"),
    "callback.draw": _all(SCOPE, "supervisor", "consumer_protection"),
    "callback.script": _all(SCOPE, "consumer_protection"),
    "customer.tend": _all(OWN, "agent", "owner") | _all(SCOPE, "supervisor", "consumer_protection"),
    "customer.merge": _all(SCOPE, "supervisor", "consumer_protection"),
    "erasure.read": _all(SCOPE, "supervisor", "consumer_protection", "auditor"),
    "erasure.ask": _all(SCOPE, "supervisor", "consumer_protection"),
    "erasure.decide": _all(SCOPE, "consumer_protection"),
    "erasure.hold": _all(SCOPE, "consumer_protection", "auditor"),
    "dashboard.read": _all(
        SCOPE, "agent", "owner", "supervisor", "outlet_manager", "analyst", "consumer_protection", "inspector", "hr",
        "auditor", "risk", "executive", "trainer",
    ),
    "post.read": _all(
        SCOPE, "supervisor", "outlet_manager", "analyst", "consumer_protection", "auditor", "risk", "executive",
    ),
    "post.work": _all(SCOPE, "supervisor", "consumer_protection"),
    "alert.read": _all(
        SCOPE, "supervisor", "outlet_manager", "analyst", "consumer_protection", "inspector", "auditor", "risk",
        "executive",
    ),
    "alert.accept": _all(SCOPE, "supervisor", "outlet_manager", "analyst", "consumer_protection"),
    "alert.dismiss": _all(SCOPE, "analyst", "consumer_protection"),
    "survey.read": _all(SCOPE, "owner", "supervisor", "consumer_protection", "auditor")
    | _all(MASKED, "outlet_manager", "analyst", "executive"),
    "survey.manage": _all(SCOPE, "analyst", "consumer_protection"),
    "survey.export": _all(SCOPE, "analyst", "consumer_protection", "auditor"),
    "rectification.read": _all(OWN, "agent", "owner") | _all(
        SCOPE, "supervisor", "outlet_manager", "analyst", "consumer_protection", "inspector", "auditor", "risk",
        "executive",
    ),
    "rectification.open": _all(SCOPE, "supervisor", "analyst", "consumer_protection"),
    "rectification.work": _all(OWN, "agent", "owner", "supervisor", "analyst", "consumer_protection")
    | _all(SCOPE, "outlet_manager"),
    "rectification.verify": _all(SCOPE, "inspector", "analyst", "consumer_protection"),
    "rectification.close": _all(SCOPE, "consumer_protection"),
    "bank.read": _all(SCOPE, *_STAFF),
    "bank.manage": _all(SCOPE, "administrator"),
    "standards.read": _all(SCOPE, *_STAFF),
    "standards.manage": _all(SCOPE, "consumer_protection"),
    "standards.propose": _all(SCOPE, "consumer_protection", "administrator"),
    "standards.approve": _all(SCOPE, "consumer_protection"),
    "wording.propose": _all(SCOPE, "supervisor", "analyst", "consumer_protection"),
    "wording.approve": _all(SCOPE, "consumer_protection"),
    "scorecard.draft": _all(SCOPE, "analyst", "consumer_protection"),
    "scorecard.publish": _all(SCOPE, "consumer_protection"),
    "quality.read": _all(SCOPE, "supervisor", "outlet_manager", "analyst", "consumer_protection", "auditor", "executive"),
    "quality.plan": _all(SCOPE, "analyst", "consumer_protection"),
    "quality.review": _all(SCOPE, "supervisor", "analyst", "consumer_protection"),
    "quality.decide": _all(SCOPE, "analyst", "consumer_protection"),
    "quality.own": _all(OWN, "agent", "owner", "supervisor", "outlet_manager", "consumer_protection"),
    "triage.read": _all(SCOPE, "analyst", "consumer_protection", "auditor", "risk", "executive"),
    "triage.manage": _all(SCOPE, "analyst", "consumer_protection"),
    "users.manage": _all(SCOPE, "administrator"),
    "grants.manage": _all(SCOPE, "administrator"),
    "tokens.manage": _all(SCOPE, "administrator"),
    "access.read": _all(SCOPE, "administrator", "auditor", "security"),
    "ledger.read": _all(SCOPE, "auditor"),
    "ledger.verify": _all(SCOPE, "auditor", "administrator"),
    "import.run": _all(SCOPE, "administrator"),
    "channels.read": _all(SCOPE, "supervisor", "consumer_protection", "auditor", "administrator"),
    "channels.manage": _all(SCOPE, "administrator"),
    "inbox.read": _all(SCOPE, *_STAFF),
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Truthy when allowed. `reason` says why in two languages; `rule` names the separation-of-duties rule that denied."""

    allowed: bool
    reason: Label
    rule: str = ""
    masked: bool = False

    def __bool__(self) -> bool:
        return self.allowed


_NO_ROLE = Label("no_role", "您的角色没有这项权限。", "Your roles do not allow this.")
_NO_SCOPE = Label("no_scope", "该事项不在您的权限范围内。", "This lies outside the units you are responsible for.")
_UNKNOWN = Label("unknown_action", "系统中没有这项操作。", "There is no such action.")
_YES = Label("allowed", "允许", "Allowed")

SOD = {
    "SoD1": Label("SoD1", "您与该事项有利害关系，应当回避。", "You are recused from this matter."),
    "SoD3": Label(
        "SoD3", "经办人不得审批自己的答复或补偿方案。",
        "A reply or redress is approved by somebody other than its author or handler.",
    ),
    "SoD4": Label("SoD4", "申请人不得批准自己的延期。", "An extension is granted by somebody other than the one who asked."),
    "SoD4b": Label(
        "SoD4b", "延期超过 30 日须由总行消费者权益保护部门批准。",
        "Beyond 30 days only head-office consumer protection may extend.",
    ),
    "SoD5": Label(
        "SoD5", "整改的检查、落实、验证、关闭须由不同人员完成，预警负责人不得驳回自己的预警。",
        "Inspecting, owning, verifying and closing a rectification are four people's work, and an alert's owner cannot"
        " dismiss it.",
    ),
    "SoD7": Label(
        "SoD7", "提出人不得批准自己提出的规则变更。",
        "A change of the standards is approved by somebody other than the one who proposed it.",
    ),
    "SoD5b": Label(
        "SoD5b", "质检由与被评人无利害关系的人员评分，异议由未参与评分的人员裁定。",
        "A quality review is given by people apart from the person reviewed; an objection is decided by somebody who did not"
        " score.",
    ),
    "SoD15": Label(
        "SoD15", "首次办理人员不得参与核查，核查由上一级机构的其他人员办理。",
        "Whoever had a part in the decision does not examine it again; other people of the level above do.",
    ),
    "SoD19": Label(
        "SoD19", "申请人不得决定自己提出的删除。",
        "A person's data is destroyed by somebody other than the one who asked for it.",
    ),
    "SoD18": Label(
        "SoD18", "经办人员不得回访自己办理的诉求。",
        "Whoever had a part in a case does not call its customer back about it.",
    ),
    "SoD11": Label("SoD11", "不得给自己授权。", "Nobody gives a grant to themselves."),
}  # fmt: skip


def can(actor: Actor, action: str, obj: Any = None) -> Verdict:
    """May this actor do this (to this)? `obj` has `unit_path` and optionally owner, handler, author, requester,
    verifier, inspector (staff ids), `helpers`, `recused` and `masked` (sets of staff ids), `user` (the account it is
    about)."""
    if action not in MATRIX:
        return Verdict(False, _UNKNOWN)
    if obj is not None:
        for rule, breaks in _DENIALS:
            if breaks(actor, action, obj):
                return Verdict(False, SOD[rule], rule)
    row = MATRIX[action]
    held = [scope for scope in actor.scopes if scope.role in row]
    if not held:
        return Verdict(False, _NO_ROLE)
    if obj is None:
        return Verdict(True, _YES, masked=all(row[scope.role] == MASKED for scope in held))
    helps = action in HELPING and actor.staff in getattr(obj, "helpers", frozenset())
    reached = [row[scope.role] for scope in held if helps or _reaches(row[scope.role], scope.path, actor, obj)]
    if not reached:
        return Verdict(False, _NO_SCOPE)
    hidden = actor.staff is not None and actor.staff in getattr(obj, "masked", frozenset())
    return Verdict(True, _YES, masked=hidden or all(reach == MASKED for reach in reached))


class Denied(Refusal):
    """The verdict as a refusal; the message is a Label, which the page words in the reader's language."""

    status = 403

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason, rule=verdict.rule)
        self.verdict = verdict


def must(actor: Actor, action: str, obj: Any = None) -> Verdict:
    """`can`, or a refusal."""
    verdict = can(actor, action, obj)
    if not verdict:
        raise Denied(verdict)
    return verdict


def paths(actor: Actor, action: str) -> tuple[str, ...]:
    """The shortest unit paths over which the action is allowed by scope (`""` is the whole bank)."""
    row = MATRIX.get(action, {})
    found = sorted({s.path for s in actor.scopes if row.get(s.role) in (SCOPE, MASKED)})
    return tuple(path for path in found if not any(path != other and path.startswith(other) for other in found))


def own(actor: Actor, action: str) -> bool:
    """May the actor do this to what they own, handle or wrote, wherever it lies?"""
    row = MATRIX.get(action, {})
    return actor.staff is not None and any(scope.role in row for scope in actor.scopes)


def _reaches(reach: str, path: str, actor: Actor, obj: Any) -> bool:
    if is_own(actor, obj):
        return True
    return reach != OWN and str(getattr(obj, "unit_path", "") or "").startswith(path)


def is_own(actor: Actor, obj: Any) -> bool:
    """Does the actor own, handle or write this?"""
    return actor.staff is not None and actor.staff in _people(obj, "owner", "handler", "author")


def _people(obj: Any, *names: str) -> set[UUID]:
    """The staff ids that an object names under these attributes (a row's `owner_id`, or a plain `owner`)."""
    found = set()
    for name in names:
        value = getattr(obj, f"{name}_id", None) or getattr(obj, name, None)
        if isinstance(value, UUID):
            found.add(value)
    return found


# Denials. Each is one separation-of-duties rule; the first that breaks gives the reason.
_ABOUT_A_MATTER = (
    "case.", "file.", "person.", "customer.", "review.", "quality.", "callback.", "chat.", "erasure.",
)  # fmt: skip


def is_recused(actor: Actor, action: str, obj: Any) -> bool:
    """SoD1, SoD2, SoD15: the complained-about, their kin and manager, and the first handler keep away."""
    return (
        action.startswith(_ABOUT_A_MATTER)
        and actor.staff is not None
        and actor.staff in getattr(obj, "recused", frozenset())
    )


def approves_own_reply(actor: Actor, action: str, obj: Any) -> bool:
    """SoD3: of a reply, and of redress."""
    return action in ("case.approve_reply", "case.approve_redress") and actor.staff in _people(obj, "author", "handler")


def extends_own_request(actor: Actor, action: str, obj: Any) -> bool:
    """SoD4."""
    return action == "case.extend" and actor.staff in _people(obj, "requester")


def extends_too_far(actor: Actor, action: str, obj: Any) -> bool:
    """SoD4 with decision 15: 15 to 30 days by the supervisor, 30 to 60 by consumer protection."""
    beyond = getattr(obj, "extends_to_days", 0) > 30
    return action == "case.extend" and beyond and "consumer_protection" not in actor.roles


def verifies_own_work(actor: Actor, action: str, obj: Any) -> bool:
    """SoD5."""
    apart = {
        "rectification.work": ("inspector", "verifier"),
        "rectification.verify": ("owner", "inspector"),
        "rectification.close": ("owner", "inspector", "verifier"),
        "alert.dismiss": ("owner",),
    }
    return actor.staff is not None and actor.staff in _people(obj, *apart.get(action, ()))


def approves_own_standard(actor: Actor, action: str, obj: Any) -> bool:
    """SoD7: not by the same person, nor by the same account."""
    return action in ("standards.approve", "scorecard.publish") and (
        actor.staff in _people(obj, "requester") or actor.ref == getattr(obj, "proposed_by", None)
    )


def examines_own_decision(actor: Actor, action: str, obj: Any) -> bool:
    """SoD15: the first handlers have no part in the review, and do not read it while it runs."""
    return action.startswith("review.") and actor.staff is not None and actor.staff in getattr(obj, "handled", ())


def judges_too_near(actor: Actor, action: str, obj: Any) -> bool:
    """SoD5 for quality reviews: `apart` are the person reviewed, their kin and manager and all who had a part in the
    matter; `scored` are those who have scored it already."""
    if actor.staff is None:
        return False
    near = actor.staff in getattr(obj, "apart", ())
    if action == "quality.decide":
        return near or actor.staff in getattr(obj, "scored", ())
    return action == "quality.review" and near


def calls_own_case(actor: Actor, action: str, obj: Any) -> bool:
    """SoD18: the customer is asked by somebody who had no part in what they are asked about."""
    return action == "callback.call" and actor.staff is not None and actor.staff in getattr(obj, "handled", ())


def erases_alone(actor: Actor, action: str, obj: Any) -> bool:
    """SoD19: not by the same person, nor by the same account."""
    return action == "erasure.decide" and (
        actor.staff in _people(obj, "requester") or actor.ref == getattr(obj, "proposed_by", None)
    )


def grants_to_self(actor: Actor, action: str, obj: Any) -> bool:
    """SoD11: neither to the own account nor to the own person."""
    if action != "grants.manage":
        return False
    user = getattr(obj, "user_id", None) or getattr(obj, "user", None)
    return (user is not None and str(user) == actor.id) or actor.staff in _people(obj, "staff")


_DENIALS: tuple[tuple[str, Callable[[Actor, str, Any], bool]], ...] = (
    ("SoD1", is_recused),
    ("SoD3", approves_own_reply),
    ("SoD4", extends_own_request),
    ("SoD4b", extends_too_far),
    ("SoD5", verifies_own_work),
    ("SoD7", approves_own_standard),
    ("SoD15", examines_own_decision),
    ("SoD5b", judges_too_near),
    ("SoD18", calls_own_case),
    ("SoD19", erases_alone),
    ("SoD11", grants_to_self),
)
