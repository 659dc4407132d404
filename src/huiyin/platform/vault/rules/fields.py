"""The words for the values that rooms keep, so that no raw key is ever shown."""

from huiyin.kernel.label import Label

FIELDS = (
    Label("name", "姓名", "Name"),
    Label("name_en", "英文姓名", "Name in English"),
    Label("phone", "电话", "Telephone"),
    Label("email", "电子邮箱", "E-mail"),
    Label("id_number", "证件号码", "Identity number"),
    Label("customer_number", "客户号", "Customer number"),
    Label("openid", "微信用户标识", "WeChat user id"),
    Label("address", "地址", "Address"),
    Label("text", "反映内容", "What was said"),
    Label("want", "诉求", "What is wanted"),
    Label("title", "称呼", "Form of address"),
    Label("body", "正文", "Text"),
    Label("representative", "代理人", "Representative"),
    Label("mandate", "授权说明", "Mandate"),
    Label("about", "被投诉人", "Complained about"),
    Label("card", "卡号", "Card number"),
)
_KNOWN = {label.code: label for label in FIELDS}
_OTHER = Label("other", "其他资料", "Other data")


def word_of(name: str) -> Label:
    """The label of a value by its key; `representative_phone` is a telephone."""
    if name in _KNOWN:
        return _KNOWN[name]
    return next((label for code, label in _KNOWN.items() if name.endswith("_" + code)), _OTHER)
