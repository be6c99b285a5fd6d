"""Settings every process shares. Values of the environment are declared in config/variables.py."""

from pathlib import Path

from config import variables
from config.databases import BASE_DIR, database

SECRET_KEY = variables.SECRET_KEY.read()
INQUIRY_KEY = variables.INQUIRY_KEY.read()
SEALING_KEYS = variables.SEALING_KEYS.read()
DEBUG = variables.DEBUG.read()
DEMO_MODE = variables.DEMO_MODE.read()
ALLOWED_HOSTS = variables.ALLOWED_HOSTS.read()
PUBLIC_URL = variables.PUBLIC_URL.read()
DELIVER_ON_COMMIT = variables.DELIVER_ON_COMMIT.read()

VAR_DIR = BASE_DIR / "var"

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "resellerportal",
    "fulfillment",
    "tierconfig",
    "customers",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "mptt",
    "django_htmx",
    "bootstrap",
    "fontawesome",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
]

# Top to bottom on the way in. What must hold for every answer, refused ones too, comes first.
MIDDLEWARE = [
    "config.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.private.PrivateAnswersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "resellerportal.access.ActingPartnerMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.requests.NulMiddleware",
    "config.requests.BusyMiddleware",
    "config.requests.UnreadableMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", _LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# No ATOMIC_REQUESTS: on SQLite every GET would take the write lock. Services open transactions.
DATABASES = {
    "default": database(
        variables.DATABASE_URL.read(),
        pool_size=variables.DATABASE_POOL_SIZE.read(),
        statement_timeout=variables.DATABASE_STATEMENT_TIMEOUT.read(),
    )
}
# What is read of an imported file: bytes, bytes of an XLSX file unpacked, files inside of it, rows,
# columns, characters of a cell.
IMPORT_LIMITS = {
    "bytes": 50 * 2**20,
    "unpacked": 300 * 2**20,
    "members": 1_000,
    "rows": 200_000,
    "columns": 100,
    "cell": 4_000,
}
# Files of notes: bytes of one, bytes of all of a note, files of a note.
NOTE_FILES = {"bytes": 10 * 2**20, "sum": 25 * 2**20, "files": 5}

# Lines of a report at most, reports of one partner that may be under way, and days a file is kept.
REPORT_LINES = 500_000
REPORTS_WAITING = 5
REPORTS_KEPT_DAYS = 14

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The sign-in limits count in this cache, so all processes must share it: the database is the
# only thing they certainly share. `migrate` makes the table (config/apps.py).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Rows in the database: a session can be ended on the server, and every process sees the same.
# A copy of the database opens none (config/sessions.py).
# A local cache in front would show one process what another has already changed.
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

AUTH_USER_MODEL = "customers.User"
AUTHENTICATION_BACKENDS = ["resellerportal.signin.SignInBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

# Accounts are made by an administrator; nobody signs up, and an address needs no second proof.
ACCOUNT_ADAPTER = "config.accounts.ClosedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "config.account_forms.SignInForm",
    "reset_password": "config.account_forms.ResetForm",
    "reset_password_from_key": "config.account_forms.NewPasswordForm",
    "set_password": "config.account_forms.FirstPasswordForm",
    "change_password": "config.account_forms.PasswordForm",
    "reauthenticate": "config.account_forms.AgainForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "config.accounts.SealedMfaAdapter"
MFA_FORMS = {
    "authenticate": "config.account_forms.CodeForm",
    "reauthenticate": "config.account_forms.CodeAgainForm",
    "activate_totp": "config.account_forms.SetUpCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tierdesk"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = variables.TIME_ZONE.read()

STATIC_URL = "static/"
STATIC_ROOT: Path | None = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

# No inline script or style anywhere. `data:` is for the icons inside Bootstrap's style sheet and
# for the QR code of the second factor.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

ALLAUTH_TRUSTED_PROXY_COUNT = variables.TRUSTED_PROXIES.read()

# Seconds the link of an action is good for: what a browser needs to follow it, and little more.
ACTION_TOKEN_SECONDS = 60

API_RATE = variables.API_RATE.read()
# How the log of calls of the API is written: by a "thread" of the web process or "inline" (tests).
API_CALLS = "thread"

WEBHOOK_TIMEOUT = variables.WEBHOOK_TIMEOUT.read()
WEBHOOK_ALLOW_PRIVATE = variables.WEBHOOK_ALLOW_PRIVATE.read()

# Days the log of webhooks keeps a message after it was made.
WEBHOOK_LOG_DAYS = 30

# Days after which a draft that nobody touches is discarded.
DRAFTS_EXPIRE_DAYS = 30

# Hour of the day from which on the daily mail is sent to who wants one instead of many, in the
# time zone of the reader.
DIGEST_HOUR = 6

# Reminders a member may send by hand to those it waits for, in a day.
NUDGES_PER_DAY = 20

# Days a request should stay in a state: late after the first number, overdue after the second.
# Vendors set their own (Settings of their portal); these are for who has set none.
SERVICE_LEVELS = {
    "tier_config_request": {
        "draft": (7, 21),
        "tiers_setup": (7, 21),
        "inquiring": (5, 14),
        "pending": (2, 5),
    },
    "subscription_request": {
        "draft": (7, 21),
        "tiers_setup": (7, 21),
        "inquiring": (5, 14),
        "pending": (2, 5),
        "revoking": (2, 5),
    },
}

DEFAULT_FROM_EMAIL = variables.MAIL_FROM.read()
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = "[Tierdesk] "
EMAIL_HOST = variables.EMAIL_HOST.read()
EMAIL_PORT = variables.EMAIL_PORT.read()
EMAIL_HOST_USER = variables.EMAIL_USER.read()
EMAIL_HOST_PASSWORD = variables.EMAIL_PASSWORD.read()
EMAIL_USE_TLS = variables.EMAIL_SECURITY.read() == "starttls"
EMAIL_USE_SSL = variables.EMAIL_SECURITY.read() == "tls"
EMAIL_TIMEOUT = variables.EMAIL_TIMEOUT.read()
EMAIL_FILE_PATH = VAR_DIR / "mail"
# The demo's own receiver: the only private address that webhooks of the demo lead to.
DEMO_WEBHOOK_PATH = VAR_DIR / "webhooks"
WEBHOOK_OWN_URLS: list[str] = []
if DEMO_MODE:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    WEBHOOK_OWN_URLS = [f"{PUBLIC_URL}/demo/webhook/"]

# The views of the API say by themselves how they read, answer and who may call.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}

# Enumerations stay where they are used.
SPECTACULAR_SETTINGS: dict[str, list[str]] = {"POSTPROCESSING_HOOKS": []}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "config.logs.RequestIdFilter"},
        "mask_codes": {"()": "config.logs.MaskCodesFilter"},
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s"}
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["request_id", "mask_codes"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": variables.LOG_LEVEL.read()},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
