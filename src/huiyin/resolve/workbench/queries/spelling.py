"""Pinyin of names and of the words of the menus. The dictionary is loaded when somebody first types."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from huiyin.resolve.workbench.rules.pinyin import rank, spelled

# As a surname these are read otherwise than in a sentence.
SURNAMES = {
    "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "盖": "ge", "区": "ou", "朴": "piao", "任": "ren", "华": "hua",
    "曾": "zeng", "翟": "zhai", "缪": "miao", "乐": "yue", "员": "yun", "覃": "qin", "冼": "xian", "燕": "yan",
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "令狐": "ling hu", "宓": "mi", "黑": "he", "秘": "bi",
    "召": "shao", "折": "she", "重": "chong", "祭": "zhai", "曲": "qu", "卜": "bu", "种": "chong", "洗": "xian",
}  # fmt: skip


PHRASES = {
    "支行": "zhī háng", "分行": "fēn háng", "总行": "zǒng háng", "银行": "yín háng", "行长": "háng zhǎng",
    "本行": "běn háng", "重复": "chóng fù", "调配": "diào pèi", "还款": "huán kuǎn", "存折": "cún zhé",
}  # fmt: skip


@lru_cache(maxsize=4096)
def spell(text: str) -> tuple[str, str]:
    """(whole, initials): 投诉工单 -> ("tousugongdan", "tsgd"). Letters and figures stand for themselves."""
    lazy_pinyin = _dictionary()
    apart: Any = lambda rest: list("".join(rest.split()))  # noqa: E731 - the library's own hints know only text
    return spelled(lazy_pinyin(text, errors=apart))


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    """Loaded once, with the words of a bank that the dictionary reads otherwise (支行 is zhihang, not zhixing)."""
    from pypinyin import lazy_pinyin, load_phrases_dict  # 1.5 MB of readings: not at start-up

    load_phrases_dict({word: [[part] for part in reading.split()] for word, reading in PHRASES.items()})
    return lazy_pinyin


def named(name: str) -> tuple[str, str]:
    """The same for somebody's name, the surname as a surname."""
    for length in (2, 1):
        reading = SURNAMES.get(name[:length])
        if reading:
            whole, initials = spell(name[length:])
            parts = reading.split()
            return "".join(parts) + whole, "".join(part[0] for part in parts) + initials
    return spell(name)


def fit(q: str, names: Sequence[str]) -> int | None:
    """How well a query fits something with these names; 0 is best, None not at all."""
    lower = [name.lower() for name in names]
    found = [rank(q, lower, *spell(name)) for name in names]
    return min((one for one in found if one is not None), default=None)
