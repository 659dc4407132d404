"""How long a grant or a token may last, and what a token looks like."""

import hashlib
from datetime import date, timedelta

from huiyin.kernel.label import Label

LONGEST = timedelta(days=365)
EXPIRES_SOON = timedelta(days=90)  # grants are re-certified each quarter
TOKEN_PREFIX = "hy_"

WHAT = {
    label.code: label
    for label in (
        Label("signed_in", "登录", "Signed in"),
        Label("signed_out", "退出", "Signed out"),
        Label("sign_in_failed", "登录失败", "Sign-in failed"),
        Label("spray", "同一地址尝试大量账户", "One address tried many accounts"),
        Label("refused", "越权被拒", "Refused"),
        Label("user_added", "新增用户", "User added"),
        Label("user_on", "启用用户", "User switched on"),
        Label("user_off", "停用用户", "User switched off"),
        Label("factors_reset", "重置双重验证", "Second factor reset"),
        Label("link_issued", "发放设置密码链接", "Password link issued"),
        Label("grant_given", "授权", "Grant given"),
        Label("grant_renewed", "续期授权", "Grant re-certified"),
        Label("grant_ended", "收回授权", "Grant ended"),
        Label("token_issued", "发放接口令牌", "API token issued"),
        Label("token_revoked", "吊销接口令牌", "API token revoked"),
    )
}


def is_too_long(from_date: date, until_date: date) -> bool:
    return not from_date < until_date <= from_date + LONGEST


def token_hash(raw: str) -> str:
    """A token has 256 random bits, so a plain hash is as good as a slow one."""
    return hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()
