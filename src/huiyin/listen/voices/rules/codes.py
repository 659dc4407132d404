"""The coded values of a voice with their Chinese and English words."""

from huiyin.kernel.label import Label

KINDS = (
    Label("complaint", "投诉", "Complaint"),
    Label("suggestion", "建议", "Suggestion"),
    Label("enquiry", "咨询", "Enquiry"),
    Label("praise", "表扬", "Praise"),
    Label("low_score", "低分回访", "Low-score recovery"),
)
CHANNELS = (
    Label("portal", "网上投诉页", "Online form"),
    Label("counter", "网点柜台", "Branch counter"),
    Label("vtm", "智能柜员机", "Self-service machine (VTM)"),
    Label("phone", "电话", "Telephone"),
    Label("email", "电子邮件", "E-mail"),
    Label("wechat", "微信", "WeChat"),
    Label("chat", "在线客服", "Online chat"),
    Label("letter", "来信", "Letter"),
    Label("regulator", "监管转办", "Passed on by the regulator"),
    Label("branch_form", "网点意见簿", "Comment form at a branch"),
    Label("web", "网站", "Website"),
    Label("fax", "传真", "Fax"),
    Label("referral", "其他机构转来", "Referral"),
    Label("postal", "邮寄", "Post"),
    Label("social", "社交媒体", "Social media"),
    Label("unknown", "未知", "Unknown"),
)
KIND = {label.code: label for label in KINDS}
CHANNEL = {label.code: label for label in CHANNELS}
INTAKE_STATES = ("waiting", "held", "heard", "refused")
