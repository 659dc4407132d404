"""The words of the card, as pairs."""

from huiyin.kernel.label import Label

URGENCIES = {
    label.code: label
    for label in (Label("high", "急", "Urgent"), Label("normal", "一般", "Normal"), Label("low", "不急", "Not urgent"))
}
SENTIMENTS = {
    label.code: label
    for label in (
        Label("positive", "正面", "Positive"),
        Label("neutral", "中性", "Neutral"),
        Label("negative", "负面", "Negative"),
    )
}
