"""What a public post is, when two say the same, and in which language. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from huiyin.kernel.label import Label

SOURCES = (
    Label("weibo", "微博", "Weibo"),
    Label("xiaohongshu", "小红书", "Xiaohongshu"),
    Label("douyin", "抖音", "Douyin"),
    Label("zhihu", "知乎", "Zhihu"),
    Label("heimao", "第三方投诉平台", "Complaint platform"),
    Label("forum", "论坛贴吧", "Forum"),
    Label("news", "新闻评论", "News comments"),
    Label("app_store", "应用商店评价", "App store reviews"),
    Label("map", "地图点评", "Map reviews"),
    Label("x", "X（推特）", "X"),
    Label("facebook", "脸书", "Facebook"),
    Label("other", "其他", "Other"),
)
SOURCE = {label.code: label for label in SOURCES}
LONGEST = 20_000
REPOSTED_WITHIN = timedelta(days=30)
SAME_FROM = 12  # shorter texts ("差评") are the same by chance
AHEAD = timedelta(minutes=10)  # how far a platform's clock may run before ours


@dataclass(frozen=True, kw_only=True)
class Bad:
    """Why a post cannot be taken: `field` and one of no_text | too_long | unknown_source | no_ref | in_future | negative."""

    field: str
    why: str


def wrong(
    *, source: str, ref: str, text: str, author: str, url: str, posted_at: datetime, reach: int | None, at: datetime
) -> Bad | None:
    if source not in SOURCE:
        return Bad(field="source", why="unknown_source")
    if not ref.strip():
        return Bad(field="ref", why="no_ref")
    if not text.strip():
        return Bad(field="text", why="no_text")
    for field, value, most in (("ref", ref, 120), ("text", text, LONGEST), ("author", author, 120), ("url", url, 1000)):
        if len(value) > most:
            return Bad(field=field, why="too_long")
    if posted_at > at + AHEAD:
        return Bad(field="posted_at", why="in_future")
    if reach is not None and not 0 <= reach <= 10**12:
        return Bad(field="reach", why="negative")
    return None


_MARKS = re.compile(r"//@[^:：\s]{1,40}[:：]|@[\w-]{1,40}|#[^#\s]{1,40}#?|https?://\S+|转发微博|repost(?:ed)?\b|^rt\b")


def core(text: str) -> str:
    """The words without names, topics, links, marks and blanks: equal for a post and its reposts; "" when too little."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", text).lower())
    kept = "".join(char for char in plain if unicodedata.category(char)[0] in "LN")
    return kept if len(kept) >= SAME_FROM else ""


def language(text: str) -> str:
    """zh-hans or en: whichever has more words, with three Chinese characters to two words."""
    chinese = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return "zh-hans" if 2 * chinese >= 3 * len(re.findall(r"[A-Za-z]{2,}", text)) else "en"
