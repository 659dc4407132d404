"""Something of this installation that cannot be used as it is: a setting, a key file, a directory."""

from huiyin.kernel.label import Label


class Unfit(Exception):
    """Worded in both languages: it happens before translations stand. The message of the exception is the English one."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Label("unfit", zh, en)
