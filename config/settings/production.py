"""Production. Refuses to start when a secret is missing or a setting is unsafe."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import variables
from config.settings.base import *
from config.settings.base import (
    ALLOWED_HOSTS,
    DEBUG,
    DEMO_MODE,
    INQUIRY_KEY,
    PUBLIC_URL,
    SEALING_KEYS,
    SECRET_KEY,
)

if DEBUG:
    raise ImproperlyConfigured("DEBUG is on. Production runs without it: unset DEBUG.")
if DEMO_MODE:
    raise ImproperlyConfigured(
        "DEMO_MODE is on. It opens sign-ins with a known password: unset DEMO_MODE."
    )
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts of the portal, not *.")
if urlsplit(PUBLIC_URL).scheme != "https":
    raise ImproperlyConfigured("PUBLIC_URL must start with https:// in production.")
if SECRET_KEY == INQUIRY_KEY:
    raise ImproperlyConfigured("INQUIRY_KEY must differ from SECRET_KEY: make a second one.")
if {SECRET_KEY, INQUIRY_KEY} & {*SEALING_KEYS}:
    raise ImproperlyConfigured(
        "SEALING_KEYS must differ from SECRET_KEY and INQUIRY_KEY: make one of its own."
    )
if any(
    key.startswith(("local-only-", "test-only-"))
    for key in (SECRET_KEY, INQUIRY_KEY, *SEALING_KEYS)
):
    raise ImproperlyConfigured(
        "SECRET_KEY, INQUIRY_KEY and SEALING_KEYS must not be those of the local settings: "
        "make your own."
    )

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = variables.HSTS_SECONDS.read()
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
if variables.TRUSTED_PROXIES.read():
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
