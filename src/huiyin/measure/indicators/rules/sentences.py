"""One sentence per chart, by rule, in two languages."""

from huiyin.kernel.label import Label
from huiyin.measure.indicators.rules.signals import Signal

_MOVED = {
    "1": ("最新一点超出控制限", "The newest point lies beyond the limits"),
    "2+": ("连续 {n} 点高于均值", "{n} points in a row lie above the mean"),
    "2-": ("连续 {n} 点低于均值", "{n} points in a row lie below the mean"),
    "3+": ("连续 {n} 点上升", "{n} points in a row rise"),
    "3-": ("连续 {n} 点下降", "{n} points in a row fall"),
    "5": ("最近 3 点中有 2 点明显偏离均值", "Two of the last three points lie far from the mean"),
}
_MEANS = {
    "better": ("{name}确有改善", "a genuine improvement in {name}"),
    "worse": ("{name}确有恶化，须查明原因", "a genuine worsening of {name}; find out why"),
    "higher": ("{name}确有上升", "a genuine rise in {name}"),
    "lower": ("{name}确有下降", "a genuine fall in {name}"),
}
_HOLDS = {
    "pass": ("按现有过程能稳定达标", "as the process stands, the target will be met"),
    "fail": (
        "按现有过程达不到目标，须改变过程",
        "as the process stands, the target will be missed: change the process",
    ),
    "maybe": ("能否达标要看运气", "meeting the target is a matter of chance"),
}


def sentence(name: Label, signal: Signal | None, variation: str, assurance: str, points: int, now: str) -> Label:
    """`now`: ok | insufficient | no_data | maturing, the state of the newest figure."""
    if now == "no_data":
        return Label(now, "本期没有数据。", "No data in this period.")
    if variation == "none":
        zh = f"只有 {points} 个时期的数据，尚不能判断是否有变化。"
        return Label("none", zh, f"Only {points} periods of data: too few to tell change from chance.")
    if signal is None:
        zh, en = "近期波动属正常范围", "The recent ups and downs are ordinary variation"
        if assurance in _HOLDS:
            zh, en = f"{zh}；{_HOLDS[assurance][0]}", f"{en}; {_HOLDS[assurance][1]}"
        return Label("common", f"{zh}。", f"{en}.")
    key = signal.rule if signal.rule in _MOVED else f"{signal.rule}{'+' if signal.side > 0 else '-'}"
    moved, means = _MOVED[key], _MEANS[variation]
    zh = f"{moved[0].format(n=signal.length)}：{means[0].format(name=name.zh)}。"
    en = f"{moved[1].format(n=signal.length)}: {means[1].format(name=_lower(name.en))}."
    return Label(variation, zh, en)


def _lower(name: str) -> str:
    """A name inside a sentence keeps its capitals only where the whole word has them."""
    first = name.split(" ", 1)[0]
    return name if first.isupper() else name[:1].lower() + name[1:]
