"""Personal data is found in what people write, with its place; what only looks like it stays."""

import time

import pytest

from huiyin.kernel.personal import is_id_number, luhn, masked, spans


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("身份证11010519491231002X请核对", [("id_number", "11010519491231002X")]),
        ("身份证 110105194912310021 不对", []),  # the check character is wrong
        ("旧证130503670401001已换", [("id_number", "130503670401001")]),
        ("号码１１０１０５１９４９１２３１００２Ｘ", [("id_number", "１１０１０５１９４９１２３１００２Ｘ")]),
        ("打我手机138-0013-8000，谢谢", [("mobile", "138-0013-8000")]),
        ("手机+86 13800138000", [("mobile", "86 13800138000")]),
        ("电话一三八零零一三八零零零", [("mobile", "一三八零零一三八零零零")]),
        ("座机010-66554433没人接", [("phone", "010-66554433")]),
        ("卡号6222 0212 3456 7890 129刷不了", []),  # fails Luhn
        ("卡号 4111 1111 1111 1111 被盗刷", [("bank_card", "4111 1111 1111 1111")]),
        ("card 5555555555554444, please", [("bank_card", "5555555555554444")]),
        ("信箱zhang.san+1@mail.example.cn，", [("email", "zhang.san+1@mail.example.cn")]),
        ("我的车京A12345停在门口", [("plate", "京A12345")]),
        ("新能源粤B·D12345", [("plate", "粤B·D12345")]),
        ("住在杭州市西湖区文三路18号3幢402室", [("address", "杭州市西湖区文三路18号3幢402室")]),
        ("寄到阳光花园5栋2单元301室", [("address", "阳光花园5栋2单元301室")]),
        ("I live at 12 Green Park Road, Apt 4B now", [("address", "12 Green Park Road, Apt 4B")]),
        ("我叫张桂兰，今年七十", [("name", "张桂兰")]),
        ("My name is Ann Lee and I", [("name", "Ann Lee")]),
        ("两个：13800138000 13900139000", [("mobile", "13800138000"), ("mobile", "13900139000")]),
        ("扣了1234567.89元，2026-03-05办的", []),
        ("在人民路支行排队2小时，流水号AB13800138000", []),
        ("订单2026030512345678901234567", []),
        ("", []),
    ],
)
def test_what_is_found(text: str, found: list[tuple[str, str]]) -> None:
    assert [(span.kind, text[span.start : span.end]) for span in spans(text)] == found


def test_nothing_of_it_is_left_in_the_masked_text() -> None:
    text = "我叫张桂兰，手机13800138000，身份证11010519491231002X，余额对不上"
    assert masked(text) == "我叫■，手机■，身份证■，余额对不上"
    assert masked(text, {"mobile"}) == "我叫张桂兰，手机■，身份证11010519491231002X，余额对不上"


def test_checks_are_those_of_the_standards() -> None:
    assert luhn("79927398713") and not luhn("79927398710")
    assert is_id_number("11010519491231002x") and not is_id_number("110105194913310025")


def test_hostile_text_costs_no_more_than_its_length() -> None:
    start = time.process_time()
    for piece in ("1", "1 ", "a@", "京A", "路1号", "小区1栋", "我叫", "一", "市", "1-", "西湖区", "A a "):
        spans(piece * 10_000)
    assert time.process_time() - start < 1.5
