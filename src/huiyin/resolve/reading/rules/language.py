"""In which language a text is written: Simplified or Traditional Chinese, English, or both mixed. Pure."""

import re

from huiyin.kernel.label import Label

LANGUAGES = {
    label.code: label
    for label in (
        Label("zh-Hans", "简体中文", "Simplified Chinese"),
        Label("zh-Hant", "繁体中文", "Traditional Chinese"),
        Label("en", "英文", "English"),
        Label("mixed", "中英混用", "Chinese and English mixed"),
    )
}
LONGEST = 6000
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")
# Frequent characters that stand in one of the two scripts only.
_TRADITIONAL = frozenset(
    "個們這為來時會說對開過還進發業經與關於無現實機電應從動長當點樣頭體間見問題給話處種總結氣員條認議務產報據資費銀錢帳號買賣貸"
    "轉單證額儲戶櫃檯導騙嗎請謝聯絡網頁簡訊線訴態對讓後歲寫聽訊辦據續險險責賠償損優惠卻將幾萬億"
)
_SIMPLIFIED = frozenset(
    "个们这为来时会说对开过还进发业经与关于无现实机电应从动长当点样头体间见问题给话处种总结气员条认议务产报据资费银钱账号买卖贷"
    "转单证额储户柜台导骗吗请谢联络网页简讯线诉态让岁写听办续险责赔偿损优惠却将几万亿"
)
_TRADITIONAL_ONLY, _SIMPLIFIED_ONLY = _TRADITIONAL - _SIMPLIFIED, _SIMPLIFIED - _TRADITIONAL


def language_of(text: str) -> str:
    """zh-Hans | zh-Hant | en | mixed, or "" where there is nothing to tell it by. Two characters weigh as one word;
    a text is mixed where the lesser language has three words or more and at least a fifth of the whole."""
    text = text[:LONGEST]
    han = _HAN.findall(text)
    chinese, english = len(han) / 2, len([word for word in _WORDS.findall(text) if len(word) > 1])
    if not han and not english:
        return ""
    lesser = min(chinese, english)
    if lesser >= 3 and lesser >= 0.2 * (chinese + english):
        return "mixed"
    if english > chinese:
        return "en"
    traditional = sum(character in _TRADITIONAL_ONLY for character in han)
    simplified = sum(character in _SIMPLIFIED_ONLY for character in han)
    return "zh-Hant" if traditional > simplified else "zh-Hans"
