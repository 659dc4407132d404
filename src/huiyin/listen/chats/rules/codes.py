"""The coded values of a chat with their Chinese and English words."""

from huiyin.kernel.label import Label

STATES = ("waiting", "talking", "ended")
STATE = {
    label.code: label
    for label in (
        Label("waiting", "等候接入", "Waiting"),
        Label("talking", "会话中", "In conversation"),
        Label("ended", "已结束", "Ended"),
    )
}
SIDES = ("customer", "agent", "note")
KINDS = (
    Label("enquiry", "咨询：有问题想问", "A question"),
    Label("complaint", "投诉：对服务不满意", "A complaint"),
    Label("suggestion", "建议：希望改进", "A suggestion"),
    Label("praise", "表扬", "Praise"),
)
KIND = {label.code: label for label in KINDS}
ANSWERS = (
    Label("chat", "就在这里", "Here in the chat"),
    Label("phone", "打电话给我", "By telephone"),
    Label("email", "发电子邮件给我", "By e-mail"),
)
ANSWER = {label.code: label for label in ANSWERS}
REASONS = (
    Label("expertise", "需要更熟悉该业务的同事", "Somebody who knows the product better"),
    Label("unit", "属于其他机构的业务", "Another unit's business"),
    Label("asked", "客户要求换人", "The customer asked for somebody else"),
    Label("shift", "交接班", "End of shift"),
)
REASON = {label.code: label for label in REASONS}
ENDINGS = {
    label.code: label
    for label in (
        Label("customer", "客户结束", "Ended by the customer"),
        Label("agent", "客服结束", "Ended by us"),
        Label("silent", "长时间无消息，自动结束", "Ended after a long silence"),
        Label("abandoned", "客户排队时离开", "The customer left the queue"),
        Label("message", "改为留言", "Became a message"),
    )
}
# What the log of a chat says besides messages. `{name}` is the colleague the line is about.
NOTES = {
    label.code: label
    for label in (
        Label("opened", "已进入排队，请稍候。", "You are in the queue."),
        Label("taken", "{name} 接入会话，由其首问负责。", "{name} has joined and is responsible for this chat."),
        Label(
            "offered", "{name} 正在请同事接手，在同事接手之前仍由 {name} 负责。",
            "{name} has asked a colleague to take over and stays responsible until they have.",
        ),
        Label("accepted", "{name} 已接手会话，此前的内容都能看到。", "{name} has taken over and can see everything said so far."),
        Label("returned", "暂时没有同事接手，{name} 继续为您服务。", "No colleague has taken over; {name} goes on."),
        Label(
            "requeued", "{name} 无法继续为您服务，会话已回到队列原来的位置，此前的内容不会丢失。",
            "{name} cannot go on. The chat is back in the queue at the place it had, and nothing said is lost.",
        ),
        Label("person_asked", "客户要求换一位人员，已通知主管。", "Another person was asked for; a supervisor has been told."),
        Label("filed", "本次会话已登记立案，可随时查询进度。", "This chat has become a case that can be followed at any time."),
        Label(
            "still_there", "您还在吗？十分钟内没有新消息，会话将自动结束。",
            "Are you still there? Without a new message the chat ends in ten minutes.",
        ),
        Label("ended_customer", "客户结束了会话。", "The customer ended the chat."),
        Label("ended_agent", "{name} 结束了会话。", "{name} ended the chat."),
        Label("ended_silent", "长时间没有新消息，会话已自动结束。", "The chat ended after a long silence."),
        Label("ended_abandoned", "客户在排队时离开。", "The customer left while waiting."),
        Label("ended_message", "已改为留言，我们会答复。", "It was left as a message; we will answer it."),
    )
}  # fmt: skip
