"""E-mail."""

from huiyin.kernel.label import Label
from huiyin.listen.channels.rules.contract import Base


class Mailbox(Base):
    kind = "email"
    label = Label("email", "电子邮件", "E-mail")
    via = "email"
    worker = "mail"
    limit = 26_214_400


PLUG = Mailbox()
