"""The words of the page of triage, as pairs."""

from huiyin.kernel.label import Label

FACETS = {
    label.code: label
    for label in (Label("category", "业务类别", "Business category"), Label("cause", "投诉原因", "Cause"))
}
ORIGINS = {
    label.code: label
    for label in (
        Label("seed", "随产品提供的语料", "The texts that ship with the product"),
        Label("people", "语料与人工判定", "These texts and what people decided"),
        Label("file", "文件", "A file"),
    )
}
STAGES = {
    label.code: label
    for label in (
        Label("read", "读取人工判定", "Reading what people decided"),
        Label("learn", "学习", "Learning"),
        Label("compare", "对比", "Comparing"),
    )
}
OUTCOMES = {
    label.code: label
    for label in (
        Label("learnt", "已学习", "A version was learnt"),
        Label("nothing", "没有新的判定可学习", "Nothing new to learn from"),
        Label("stopped", "已中止", "Called off"),
        Label("failed", "出错", "It failed"),
        Label("lost", "工作进程中断", "Its worker died"),
    )
}
