"""The only words that leave the house: fixed, with a number and a link, never what somebody wrote."""

from collections.abc import Mapping
from typing import Any

from huiyin.kernel.label import Label

PURPOSES = {
    label.code: label
    for label in (
        Label("acknowledgement", "我们收到了您的意见", "We have received your message"),
        Label("reply", "您的意见已有答复", "There is an answer for you"),
        Label("update", "您的意见有新进展", "There is news for you"),
        Label("extension", "您的意见需要更多时间办理", "We need more time to answer you"),
        Label("law", "您的意见需要更多时间办理", "We need more time to answer you"),
        Label("closing", "您的意见已办结", "Your matter is closed"),
        Label("invitation", "请您评价本次服务", "How did we do?"),
        Label("survey", "邀请您参加满意度调查", "Please take part in our survey"),
        Label("survey_reminder", "满意度调查期待您的意见", "We would still like to hear from you"),
        Label("outreach", "请告诉我们问题是否解决", "Is it settled? Please tell us"),
        Label("material", "请您补充材料或核对信息", "Please send papers or check facts"),
        Label("material_in_person", "请您补充材料或核对信息", "Please send papers or check facts"),
        Label("material_reminder", "仍请您补充材料或核对信息", "We still need papers or facts from you"),
        Label("list_count", "您关注的投诉清单现有件数", "Cases in a list that you follow"),
        Label("outcome", "您反映的问题已有改进结果", "What we changed after you wrote to us"),
    )
}
LIST = "list_count"
_ANY = Label("", "您的意见有新消息", "There is news for you")


def outside_text(
    purpose: str, language: str, bank: str, number: str, link: str, hotline: str, *, spoken: bool = False
) -> tuple[str, str]:  # fmt: skip
    """Subject and body of a mail or text message. `spoken`: to somebody who is told by telephone: nothing to press."""
    zh = language.startswith("zh")
    word = PURPOSES.get(purpose, _ANY).word(language)
    name = bank or ("银行" if zh else "The bank")
    if purpose == LIST:
        return _to_a_colleague(word, zh, name, number, link)
    if zh:
        about = f"（编号 {number}）" if number else ""
        call = f"如有疑问请拨打 {hotline}。" if hotline else ""
        look = "工作人员会给您打电话说明，您不用点任何链接" if spoken else f"请打开查看：{link} "
        text = f"【{name}】{word}{about}。{look}。我们不会向您索要密码或验证码。{call}"
    else:
        about = f" (number {number})" if number else ""
        call = f" Questions? Call {hotline}." if hotline else ""
        look = "We will telephone to explain; there is no link to open" if spoken else f"Open {link} to read it"
        text = f"{name}: {word}{about}. {look}. We never ask for passwords or codes.{call}"
    subject = f"{word} {number}".strip()
    return f"{name} · {subject}", text


def _to_a_colleague(word: str, zh: bool, name: str, number: str, link: str) -> tuple[str, str]:
    """Of a list that somebody at the bank follows: how many, and where."""
    if zh:
        return (
            f"{name} · {word}：{number}",
            f"{word}：{number}。请登录后查看：{link} 。不再需要时，可在“我的视图”中取消关注。",
        )
    return (
        f"{name} · {word}: {number}",
        f"{word}: {number}. Sign in to see it: {link} . You can stop this under My views.",
    )


NOTICES = {
    label.code: label
    for label in (
        Label("case_opened", "新工单 {number} 由您首问负责", "You are answerable for the new case {number}"),
        Label("case_assigned", "工单 {number} 交由您办理", "Case {number} is yours to work on"),
        Label(
            "case_reminded",
            "主管催办工单 {number}，请尽快办理",
            "Your supervisor asks you to get on with case {number}",
        ),
        Label(
            "case_mentioned", "同事在工单 {number} 的备注中提到了您", "A colleague named you in a note of case {number}"
        ),
        Label("paper_made", "您申请的文件已生成，可下载", "The file you asked for is ready"),
        Label("shift_handed_over", "有新的交接班记录待接班", "A shift note waits to be taken over"),
        Label("handover_offered", "请确认是否接收工单 {number}", "Will you take over case {number}?"),
        Label("handover_accepted", "工单 {number} 的移交已被接收", "Case {number} was taken over"),
        Label("handover_returned", "工单 {number} 的移交被退回", "The hand-over of case {number} was returned"),
        Label("reply_to_approve", "工单 {number} 的答复待您审核", "The reply of case {number} waits for your approval"),
        Label("reply_approved", "工单 {number} 的答复已通过审核", "The reply of case {number} was approved"),
        Label("reply_returned", "工单 {number} 的答复被退回修改", "The reply of case {number} was sent back"),
        Label("customer_wrote", "客户在工单 {number} 中补充了内容", "The customer added to case {number}"),
        Label(
            "precontact_answered",
            "客户已答复工单 {number} 的核实事项",
            "The customer answered our questions in case {number}",
        ),
        Label(
            "precontact_handed",
            "工单 {number} 的核实事项客户未答复，请您跟进",
            "Case {number}: no answer to our questions, please follow up",
        ),
        Label(
            "precontact_in_person",
            "工单 {number} 的核实事项需由您当面或电话告知客户",
            "Case {number}: please put our questions to the customer yourself",
        ),
        Label("case_confirmed", "客户认可工单 {number} 的答复", "The customer accepted the answer of case {number}"),
        Label("case_disputed", "客户不认可工单 {number} 的答复", "The customer disputes the answer of case {number}"),
        Label("case_withdrawn", "客户撤回了工单 {number}", "The customer withdrew case {number}"),
        Label("case_escalated", "工单 {number} 升级到您处", "Case {number} was escalated to you"),
        Label("clock_rung", "工单 {number} 即将到期", "Case {number} will soon be due"),
        Label("clock_breached", "工单 {number} 已超时", "Case {number} is overdue"),
        Label("delivery_failed", "工单 {number} 的消息未能送达客户", "A message of case {number} did not arrive"),
        Label("alert_raised", "有新的预警需要您处理", "A new alert needs you"),
        Label("rectification_opened", "有新的整改任务 {number}", "A new rectification {number}"),
        Label("rectification_due", "整改任务 {number} 即将到期", "Rectification {number} will soon be due"),
        Label("rectification_verify", "整改任务 {number} 待您验证", "Rectification {number} waits for your check"),
        Label("intake_held", "有意见等待人工放行", "A submission waits for release"),
        Label(
            "intake_failed",
            "意见 {number} 已收下但未能立案，系统会继续重试，请关注",
            "Complaint {number} is safe but no case could be opened yet; we keep trying, please watch it",
        ),
        Label("chat_waiting", "{number} 有客户在线等候接入", "A customer waits in the chat since {number}"),
        Label(
            "chat_person",
            "{number} 在线会话的客户要求换人，请关注",
            "In a chat at {number} another person was asked for",
        ),
        Label("chat_offered", "{number} 有在线会话请您接手", "At {number} you were asked to take a chat over"),
        Label("chat_returned", "{number} 同事未能接手您的在线会话", "At {number} a colleague gave your chat back"),
        Label(
            "chat_silent", "{number} 在线会话的客户仍在等待答复", "At {number} a customer in a chat was still waiting"
        ),
        Label("arrival_waits", "渠道 {code} 有来件等待人工查看", "Something that arrived at {code} waits for a person"),
        Label("incident", "系统事件需要关注：{code}", "An incident needs attention: {code}"),
    )
}
_NEWS = Label("", "工单 {number} 有新消息", "There is news on case {number}")


class _Blank(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "–"


def notice_text(kind: str, params: Mapping[str, Any], language: str) -> str:
    """One inbox line in the reader's language. A room may send its own words as params `zh` and `en`."""
    own = params.get("zh" if language.startswith("zh") else "en")
    form = str(own) if own else NOTICES.get(kind, _NEWS).word(language)
    return form.format_map(_Blank(params))
