"""Why somebody may need to see personal data. The code goes into the ledger."""

from huiyin.kernel.label import Label

REASONS = (
    Label("contact", "联系客户", "To contact the customer"),
    Label("verify", "核实客户身份", "To verify who the customer is"),
    Label("investigate", "调查投诉事项", "To investigate the complaint"),
    Label("reply", "撰写或送达答复", "To write or deliver a reply"),
    Label("correct", "更正客户资料", "To correct the customer's data"),
    Label("inspection", "配合检查或审计", "For an inspection or an audit"),
)
