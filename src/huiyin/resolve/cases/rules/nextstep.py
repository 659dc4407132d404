"""What a colleague should do next with a case, and what must be done before it can end."""

from dataclasses import dataclass

from huiyin.kernel.label import Label

NEXT = {
    "take": Label("take", "受理此工单，联系客户核实情况", "Take the case and contact the customer"),
    "classify": Label("classify", "确认投诉类别和原因", "Decide category and cause"),
    "reply": Label("reply", "调查核实后起草答复", "Verify the facts and write the reply"),
    "rewrite": Label("rewrite", "按审批意见修改答复", "Rewrite the reply as the approver asked"),
    "resend": Label("resend", "答复未送达，请重新发送或电话联系客户", "The reply did not arrive: send again or call"),
    "send": Label("send", "发送已备好的答复", "Send the reply that is ready"),
    "approve": Label("approve", "等待另一名同事审批答复", "Waiting for a second person to approve the reply"),
    "deliver": Label("deliver", "答复送达中，无需操作", "The reply is on its way; nothing to do"),
    "wait": Label("wait", "等待客户确认或提出异议", "Waiting for the customer to confirm or dispute"),
    "close": Label("close", "客户已确认，请填写原因并办结", "The customer confirmed: enter the cause and close"),
    "done": Label("done", "已办结，无需操作", "Closed; nothing to do"),
}


def next_step(*, state: str, to_classify: bool, reply: str | None, confirmed: bool) -> Label:
    """`reply` is the state of the draft at hand in this cycle, None if there is none."""
    if state == "new":
        return NEXT["take"]
    if state == "working":
        by_reply = {"ready": "send", "returned": "rewrite", "failed": "resend"}
        if reply in by_reply:
            return NEXT[by_reply[reply]]
        return NEXT["classify"] if to_classify else NEXT["reply"]
    if state == "answered":
        return NEXT["close"] if confirmed else NEXT["wait"]
    return NEXT[{"approving": "approve", "sending": "deliver", "closed": "done"}[state]]


@dataclass(frozen=True)
class Must:
    label: Label
    done: bool


def checklist(
    *,
    acknowledged: bool,
    taken: bool,
    classified: bool,
    drafted: bool,
    approved: bool | None,
    delivered: bool,
    ended: bool,
    in_person: bool | None = None,
) -> list[Must]:
    """The must-dos of a case, in order. `approved` None means that no second person is needed; `in_person` None that
    the customer can read what is sent to their page."""
    lines = [
        (Label("ack", "告知客户已受理", "Customer told it has arrived"), acknowledged),
        (Label("take", "经办人受理", "Taken by a handler"), taken),
        (Label("classify", "类别和原因已由人员确认", "Category and cause decided"), classified),
        (Label("draft", "事实核实、答复写明依据", "Facts verified, reply with reasons written"), drafted),
        (Label("approve", "答复经第二人审批", "Reply approved by a second person"), approved),
        (Label("deliver", "答复送达客户", "Reply delivered"), delivered),
        (
            Label(
                "in_person", "已电话告知、当面读出或邮寄纸质答复函", "Told by telephone, read out, or posted on paper"
            ),
            in_person,
        ),
        (Label("end", "客户确认并办结", "Confirmed and closed"), ended),
    ]
    return [Must(label, bool(done)) for label, done in lines if done is not None]
