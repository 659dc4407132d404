"""Settings, read from $HUIYIN_HOME/huiyin.toml and the environment (the environment wins).

Every HUIYIN_* name is documented in docs/settings.md; a test holds the two together.
"""

import secrets
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from csp.constants import NONE, SELF

from huiyin.site import logs
from huiyin.site.given import HOME, setting


def _secret() -> str:
    """The signing key of sessions and links, made once per home (0600)."""
    given = setting("secret_key", "")
    if given:
        return str(given)
    path = HOME / "keys" / "secret_key"
    if not HOME.exists():
        return secrets.token_urlsafe(64)  # nothing is kept here yet, so nothing needs to outlive this process
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


def _sqlite_is_safe_with_wal() -> bool:
    """SQLite before 3.51.3 can corrupt a WAL database when a commit and a checkpoint overlap (the WAL-reset race)."""
    return sqlite3.sqlite_version_info >= (3, 51, 3)


_TEST_DATABASE = setting("test_database", "")


def _database(url: str) -> dict[str, Any]:
    if url:
        parts = urlparse(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 300,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"options": "-c lock_timeout=5s -c synchronous_commit=on"},
        }
    pragmas = [
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        "PRAGMA cache_size=-32768",  # 32 MiB a connection: the two of the default are less than one large write
        "PRAGMA recursive_triggers=ON",  # so that REPLACE cannot slip past the ledger's triggers
    ]
    if not _sqlite_is_safe_with_wal():
        # One checkpointer, in the tick, which holds the write lock: see docs/decisions on SQLite.
        pragmas.append("PRAGMA wal_autocheckpoint=0")
    return {
        "ENGINE": "huiyin.platform.tables.plugs.sqlite",
        "NAME": HOME / "huiyin.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": ";".join(pragmas)},
        "TEST": {"NAME": _TEST_DATABASE or ":memory:"},
    }


HUIYIN_HOME = HOME
HUIYIN_NOW = setting("now", "")
HUIYIN_DEMO = setting("demo", False)
HUIYIN_BANK_NAME = setting("bank_name", "")
HUIYIN_BANK_NAME_EN = setting("bank_name_en", "")
HUIYIN_BASE_URL = setting("base_url", setting("served_at", "http://localhost:8000"))
HUIYIN_HOTLINE = setting("hotline", "")
HUIYIN_QUIET_HOURS = setting("quiet_hours", "22:00-07:00")
HUIYIN_LEDGER_ORIGIN = setting("ledger_origin", "huiyin.example/ledger")
HUIYIN_SMTP_URL = setting("smtp_url", "")
HUIYIN_MAIL_FROM = setting("mail_from", "")
HUIYIN_SMS_URL = setting("sms_url", "")
HUIYIN_SMS_SECRET = setting("sms_secret", "")
HUIYIN_OUTBOUND_ALLOW = setting("outbound_allow", [])
_HTTPS = HUIYIN_BASE_URL.startswith("https://")
HUIYIN_TRUSTED_PROXIES = setting("trusted_proxies", []) or (["127.0.0.1", "::1"] if _HTTPS else [])
HUIYIN_CHAT_CALENDAR = setting("chat_calendar", "cn-office")
HUIYIN_SUBMISSIONS_PER_HOUR = setting("submissions_per_hour", 5)
HUIYIN_API_PER_SECOND = setting("api_per_second", 500)
HUIYIN_MFA_REQUIRED = setting("mfa_required", True)

DEBUG = setting("debug", False)
SECRET_KEY = _secret()
ALLOWED_HOSTS = setting("allowed_hosts", ["localhost", "127.0.0.1", "[::1]"])
DATABASES = {"default": _database(setting("database_url", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.User"

ROOMS = [
    "huiyin.ledger",
    "huiyin.platform.tables",
    "huiyin.platform.vault",
    "huiyin.platform.files",
    "huiyin.platform.messages",
    "huiyin.platform.imports",
    "huiyin.platform.search",
    "huiyin.bank.units",
    "huiyin.bank.staff",
    "huiyin.bank.products",
    "huiyin.bank.standards",
    "huiyin.bank.clocks",
    "huiyin.protect.identity",
    "huiyin.protect.access",
    "huiyin.customers.profiles",
    "huiyin.listen.voices",
    "huiyin.listen.channels",
    "huiyin.listen.calls",
    "huiyin.listen.surveys",
    "huiyin.listen.chats",
    "huiyin.listen.counters",
    "huiyin.listen.social",
    "huiyin.resolve.triage",
    "huiyin.resolve.cases",
    "huiyin.resolve.papers",
    "huiyin.resolve.workbench",
    "huiyin.resolve.appeals",
    "huiyin.resolve.finding",
    "huiyin.resolve.groups",
    "huiyin.resolve.referrals",
    "huiyin.resolve.callbacks",
    "huiyin.resolve.precontacts",
    "huiyin.resolve.erasures",
    "huiyin.resolve.reading",
    "huiyin.measure.history",
    "huiyin.measure.indicators",
    "huiyin.measure.alerts",
    "huiyin.measure.reviews",
    "huiyin.measure.reputation",
    "huiyin.improve.rectifications",
    "huiyin.site",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    *ROOMS,
]
MIDDLEWARE = [
    "huiyin.site.middleware.proxies",
    "huiyin.site.middleware.chunked",
    "huiyin.site.middleware.reference",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before the static files: a drawing opened by itself obeys it too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huiyin.site.middleware.moment",
    "huiyin.site.middleware.choices",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huiyin.protect.access.middleware.middleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "huiyin.site.middleware.Refusals",
    "axes.middleware.AxesMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ROOT_URLCONF = "huiyin.site.urls"
WSGI_APPLICATION = "huiyin.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before allauth's own: its pages are restyled in protect/identity.
        "DIRS": [
            Path(__file__).parent / "templates",
            Path(__file__).parents[1] / "protect" / "identity" / "templates",
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"i18n": "huiyin.site.templatetags.room_words"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "huiyin.site.context.page",
            ],
        },
    }
]

SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # `i18n` is ours on purpose: site/templatetags/room_words.py

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "hy_lang"
USE_I18N = True
FORMAT_MODULE_PATH = "huiyin.site.formats"
USE_TZ = True
TIME_ZONE = setting("time_zone", "Asia/Shanghai")

STATIC_URL = "/static/"
_VAR = Path(__file__).resolve().parents[3] / "var"
HUIYIN_ASSETS = _VAR / "assets"  # made by scripts/assets.py
STATIC_ROOT = _VAR / "static"
STATICFILES_DIRS = [path for path in [HUIYIN_ASSETS / "static"] if path.exists()]
# `huiyin serve` collects the static files and says so; everything else finds them where they lie.
_COLLECTED = setting("collected", False)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "huiyin.protect.identity.plugs.factors.passwords.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "huiyin.protect.identity.plugs.factors.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Failures are counted by axes per account and address; here only bursts from one address.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": None}
MFA_ADAPTER = "huiyin.protect.identity.plugs.factors.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "huiyin.protect.identity.forms.AuthenticateForm",
    "reauthenticate": "huiyin.protect.identity.forms.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HUIYIN_BASE_URL.startswith("https://")
MFA_TOTP_TOLERANCE = 1
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # never a whole branch behind one address
AXES_COOLOFF_TIME = "huiyin.protect.identity.plugs.factors.delay.growing"
AXES_USE_ATTEMPT_EXPIRATION = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # what the growing delay counts
AXES_VERBOSE = False
PASSWORD_RESET_TIMEOUT = 24 * 3600

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
CSRF_FAILURE_VIEW = "huiyin.site.errors.csrf"
AXES_LOCKOUT_CALLABLE = "huiyin.site.errors.locked_out"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# The header of the proxy that ends TLS; middleware.proxies removes anybody else's.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_HANDLERS = [
    "huiyin.site.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logs.configuration(setting("log_level", "WARNING").upper())
