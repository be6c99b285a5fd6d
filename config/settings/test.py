"""Tests. The database server comes from DATABASE_URL; see tests/support."""

import os
import tempfile
from pathlib import Path

from config import env

env.assume(
    SECRET_KEY="test-only-0123456789-abcdefghijklmnopqrstuvwxyz-not-a-secret",
    INQUIRY_KEY="test-only-9876543210-abcdefghijklmnopqrstuvwxyz-not-a-secret",
    SEALING_KEYS="test-only-5432109876-abcdefghijklmnopqrstuvwxyz-not-a-secret",
    ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    PUBLIC_URL="http://testserver",
    DELIVER_ON_COMMIT="inline",
    DATABASE_POOL_SIZE="0",
    LOG_LEVEL="WARNING",
)

from config.settings.base import *  # noqa: E402
from config.settings.base import DATABASES  # noqa: E402

# A file, not memory: threads must meet in the same database. One per process: several test runs
# may share a machine.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(tempfile.gettempdir()) / f"tierdesk-test-{os.getpid()}.sqlite3")
    }

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
API_CALLS = "inline"
# Journeys sign in more often per minute than people do; the limits have their own tests.
ACCOUNT_RATE_LIMITS = False
# Static files are served from where they lie, without collectstatic, and looked for when asked for:
# reading all of them would be half of what a test costs, as each test client begins anew.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
