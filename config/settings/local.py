"""One person's machine: `make run`, `manage.py`. The secrets below protect nothing."""

from config import env

env.assume(
    SECRET_KEY="local-only-0123456789-abcdefghijklmnopqrstuvwxyz-not-a-secret",
    INQUIRY_KEY="local-only-9876543210-abcdefghijklmnopqrstuvwxyz-not-a-secret",
    SEALING_KEYS="local-only-5432109876-abcdefghijklmnopqrstuvwxyz-not-a-secret",
    ALLOWED_HOSTS="localhost,127.0.0.1,[::1]",
    PUBLIC_URL="http://127.0.0.1:8000",
    DELIVER_ON_COMMIT="thread",
)

from config.settings.base import *  # noqa: E402
from config.settings.base import DEBUG, VAR_DIR  # noqa: E402

VAR_DIR.mkdir(mode=0o700, exist_ok=True)

# Static files are served from where they lie, without collectstatic.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
