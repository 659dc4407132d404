"""The states of an arrival and the reasons for them, in the words of the page."""

from huiyin.kernel.label import Label

STATES = (
    Label("received", "已收到", "Received"),
    Label("retry", "待重试", "Waiting for another try"),
    Label("unreadable", "无法读取", "Unreadable"),
    Label("held", "待人工确认", "Waits for a person"),
    Label("heard", "已立为诉求", "Became a voice"),
    Label("message", "已归入工单", "Added to a matter"),
    Label("recorded", "已登记入册", "Kept in its register"),
    Label("rejected", "未受理", "Rejected"),
)
STATE = {label.code: label for label in STATES}
OPEN = ("received", "retry")
"""Nobody has decided yet: the tick goes on."""

WAITING = ("unreadable", "held")
"""A person has to look at it."""

SETTLED = ("heard", "message", "recorded", "rejected")

REASONS = (
    Label("auto_reply", "自动回复（如外出、休假）", "Automatic reply, such as out of office"),
    Label("bounce", "退信或送达报告", "Report on a message of ours"),
    Label("duplicate", "同一内容重复到达", "The same arrived before"),
    Label("loop", "我们自己发出的内容又回来了", "Our own message came back"),
    Label("bulk", "群发或订阅邮件", "Bulk or list mail"),
    Label("noise", "无需处理的事件", "An event nobody has to act on"),
    Label("flood", "同一发件人短时间内数量过多", "Too many from one sender in a short time"),
    Label("own_address", "发件人是本行自己的地址", "The sender is our own address"),
    Label("by_hand", "由工作人员判断无需受理", "A colleague found nothing to act on"),
    Label("empty", "没有任何可读的内容", "There is nothing in it to read"),
    Label("too_large", "超过大小上限", "Larger than the limit"),
    Label("too_deep", "嵌套层数或部分数量超过上限", "Nested too deeply or in too many parts"),
    Label("too_slow", "解析超时，已中止", "Reading it took too long and was stopped"),
    Label("crashed", "解析程序异常中止", "The reader broke off"),
    Label("malformed", "格式损坏", "Its form is damaged"),
    Label("no_sender", "没有可用的发件人地址", "It has no usable sender"),
    Label("many_senders", "有多个互相矛盾的发件人", "It names several senders"),
    Label("encrypted", "已加密，无法打开", "It is encrypted and cannot be opened"),
    Label("other_sender", "编号有效，但发件人与登记的联系人不同", "The reference is genuine, but somebody else wrote"),
    Label("forged_sender", "发件人身份验证未通过", "The sender's domain disowns it"),
    Label("withdrawn", "所指事项已撤回", "The matter it speaks of was withdrawn"),
    Label("failed", "处理时出错，系统会继续重试", "An error on the way; we keep trying"),
    Label("call", "通话事件，已记入电话记录", "An event of a call, kept in the phone log"),
    Label("post", "公开帖文，已登入社交口碑", "A public post, kept among the posts"),
    Label("unknown_source", "平台代码未登记", "The platform is not known"),
    Label("unknown_unit", "机构代码不存在", "There is no such branch"),
    Label("in_future", "时间在将来", "Its time lies in the future"),
    Label("too_long", "内容超过长度上限", "Its words are longer than the limit"),
    Label("mapping", "渠道的字段对照有误", "The channel's mapping is wrong"),
    Label("problem", "内容未通过登记检查", "It did not pass the intake checks"),
)
REASON = {label.code: label for label in REASONS}


def reason(code: str) -> Label:
    """The words of a reason; an unknown code is shown as an event without a name."""
    return REASON.get(code, REASON["noise"] if code else Label("", "", ""))


UNREACHABLE = {
    label.code: label
    for label in (
        Label("unreachable", "无法连接服务器", "The server cannot be reached"),
        Label("login", "登录名或口令不正确", "Sign-in name or password are wrong"),
        Label("folder", "没有这个文件夹", "There is no such folder"),
        Label("tls", "加密连接失败，请检查证书", "The encrypted connection failed; check the certificate"),
        Label("port", "端口不正确", "The port is not valid"),
        Label("search", "服务器无法列出邮件", "The server could not list the mails"),
        Label("fetch", "服务器无法取出邮件", "The server could not hand out a mail"),
    )
}


def unreachable(code: str) -> Label:
    return UNREACHABLE.get(code, UNREACHABLE["unreachable"])
