"""Does what a customer writes need something from us? Thanks and receipts do not (pitfall T26)."""

import re

_NOISE = re.compile(r"[\s,.!?;:~…、，。！？；：～^_*()（）\"'“”‘’\-]+|[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F]")
_SAID = re.compile(
    r"(?:您|你|们|大家|各位|非常|十分|太|很|多|真的|真|万分|再次|了|啊|哈|呢|哦|呀|的|嗯|哎|也|都"
    r"|感谢|谢谢|谢|辛苦|麻烦|劳烦|费心|收到|好|知道|明白|可以|行|没问题|没事|ok|okay|okk|k|thx|tks"
    r"|thank|thanks|you|very|much|many|so|a|lot|for|your|the|help|reply|update|got|it|received|noted|great|fine|alright"
    r"|understood|appreciated|appreciate|cheers|kind|regards|best|dear|sir|madam|hi|hello|您好|你好)+",
    re.IGNORECASE,
)
LONGEST = 40
_BUT = re.compile(r"不|没|未|吗|么|什么|何时|多久|怎|但|可是|not|n't|when|why|how|but|still|\?|？", re.IGNORECASE)


def is_thanks(text: str) -> bool:
    """Nothing but thanks, or word that it has arrived. In doubt it is not: whoever asks anything is answered."""
    said = _NOISE.sub("", text)
    doubt = _BUT.search(text.replace("没问题", "").replace("没事", ""))
    return 0 < len(said) <= LONGEST and not doubt and _SAID.fullmatch(said) is not None
