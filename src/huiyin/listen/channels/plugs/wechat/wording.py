"""What the account answers in the same breath: fixed words with a number and a link, never what somebody wrote."""

from huiyin.kernel.label import Label

WORDS = {
    label.code: label
    for label in (
        Label(
            "heard",
            "【{bank}】已收到您的意见，编号 {number}。查看进度：{link} 。您可以继续在这里补充文字、图片或语音，都会记入同一事项。我们不会向您索要密码或验证码。{call}",
            "{bank}: we have your message, number {number}. Follow it here: {link} . Whatever you add here, text, picture or"
            " voice, goes to the same matter. We never ask for passwords or codes. {call}",
        ),
        Label(
            "message",
            "【{bank}】已补充到编号 {number} 的事项。查看进度：{link}",
            "{bank}: added to your matter {number}. Follow it here: {link}",
        ),
        Label(
            "safe",
            "【{bank}】您的信息已安全收到，正在登记，稍后会有编号。{call}",
            "{bank}: your message is safe with us and is being registered. {call}",
        ),
        Label(
            "enough",
            "【{bank}】您今天发来的内容较多，已全部留存。如有急事请致电我们。{call}",
            "{bank}: you have sent a great deal today; all of it is kept. If it is urgent, please call us. {call}",
        ),
        Label(
            "welcome",
            "您好，这里是{bank}。您可以直接发送文字、图片或语音反映问题、提出建议，我们会立即给您编号和查询链接。{call}",
            "Welcome to {bank}. Write to us, or send a picture or a voice message; you get a number and a link at once."
            " {call}",
        ),
        Label(
            "menu",
            "请直接发送您要说的内容（文字、图片或语音），我们会立即给您编号和查询链接。{call}",
            "Just send what you would like to say (text, picture or voice). You get a number and a link at once. {call}",
        ),
        Label("progress", "请打开查询页，输入编号和手机号后四位：{link}", "Follow your matter with its number: {link}"),
    )
}
_CALL = Label("call", "客服热线 {hotline}。", "Hotline {hotline}.")
BARE = {
    "picture": Label("picture", "（客户发来图片）", "(The customer sent a picture)"),
    "sound": Label("sound", "（客户发来语音）", "(The customer sent a voice message)"),
    "film": Label("film", "（客户发来视频）", "(The customer sent a film)"),
}


def words(code: str, language: str, *, bank: str, hotline: str, number: str = "", link: str = "") -> str:
    call = _CALL.word(language).format(hotline=hotline) if hotline else ""
    name = bank or ("银行" if language.startswith("zh") else "The bank")
    return WORDS[code].word(language).format(bank=name, number=number, link=link, call=call).strip()
