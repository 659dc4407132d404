"""The words of every reason why a submission cannot be taken, in both languages."""

from huiyin.kernel.label import Label
from huiyin.listen.voices.rules.text import Problem

WORDS = {
    label.code: label
    for label in (
        Label("required", "请填写这一项", "Please fill this in"),
        Label("not_text", "这里应为文字", "This must be text"),
        Label("not_object", "这里应为一组字段", "This must be an object"),
        Label("not_list", "这里应为列表", "This must be a list"),
        Label("too_long", "内容过长，最多 {limit} 个字", "This is too long: at most {limit} characters"),
        Label("too_many", "最多 {limit} 项", "At most {limit} entries"),
        Label(
            "nul",
            "内容里有无法保存的字符（空字符），请重新输入",
            "This contains a character that cannot be stored (NUL). Please type it again",
        ),
        Label(
            "surrogate",
            "内容里有不完整的字符，请删去后重新输入",
            "This contains half a character. Please remove it and type it again",
        ),
        Label(
            "phone",
            "请填写正确的电话号码，例如 13800138000",
            "Please give a valid telephone number, such as 13800138000",
        ),
        Label(
            "email",
            "请填写正确的电子邮箱，例如 name@example.com",
            "Please give a valid e-mail address, such as name@example.com",
        ),
        Label("id_number", "证件号码不正确，请核对", "This identity number is not valid; please check it"),
        Label("name", "姓名中应有文字", "A name needs at least one letter"),
        Label(
            "contact",
            "请至少留下电话或电子邮箱，以便我们答复",
            "Please leave a telephone number or an e-mail address so that we can answer",
        ),
        Label("date", "请填写正确的日期，例如 2026-03-05", "Please give a valid date, such as 2026-03-05"),
        Label("future", "日期不能晚于今天", "The date cannot be in the future"),
        Label("too_early", "日期过早，请核对", "The date is too far back; please check it"),
        Label("value", "这一项不正确，请核对", "This is not valid; please check it"),
        Label("choice", "请从列表中选择", "Please choose from the list"),
        Label("unit", "没有这个网点", "There is no such branch"),
        Label("product", "没有这个产品", "There is no such product"),
        Label(
            "source_id",
            "来源编号应为不含空格的字母、数字或符号，且不得是电话、证件号或邮箱",
            "A source id has letters, figures and signs without spaces, and is no telephone, identity number or e-mail",
        ),
        Label("mandate", "请说明您以什么身份代为投诉", "Please say on what authority you act for somebody else"),
        Label("privacy", "请先阅读并同意隐私说明", "Please read and accept the privacy notice"),
        Label("score", "请选择 1 到 5 分", "Please choose a score from 1 to 5"),
        Label("json", "请求正文不是正确的 JSON", "The body is not valid JSON"),
        Label("json_encoding", "请求正文必须是 UTF-8", "The body must be UTF-8"),
        Label("json_duplicate", "同一字段出现了两次", "A field is given twice"),
        Label(
            "json_depth",
            "请求正文嵌套过深（最多 {limit} 层）",
            "The body is nested too deeply (at most {limit} levels)",
        ),
        Label("json_number", "数字超出范围", "A number is out of range"),
        Label("json_object", "请求正文应为一个 JSON 对象", "The body must be a JSON object"),
        Label("key_missing", "缺少 Idempotency-Key 请求头", "The Idempotency-Key header is missing"),
        Label(
            "key_malformed",
            "Idempotency-Key 应为 1 到 200 个可见 ASCII 字符",
            "Idempotency-Key must be 1 to 200 visible ASCII characters",
        ),
    )
}


def words(problem: Problem, language: str) -> str:
    """The reason as a sentence without its full stop."""
    return WORDS[problem.code].word(language).replace("{limit}", str(problem.limit or ""))
