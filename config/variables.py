"""The environment variables of Tierdesk. `python -m config.env` prints them for the README."""

from config import env

SECRET_KEY = env.secret(
    "SECRET_KEY",
    meaning="Signs sessions and forms. Local settings bring their own.",
)
INQUIRY_KEY = env.secret(
    "INQUIRY_KEY",
    meaning="Makes the codes of inquiry links (HMAC). A new one ends every link that was mailed. "
    "Local settings bring their own.",
)
SEALING_KEYS = env.secrets(
    "SEALING_KEYS",
    meaning="Seal secrets that are stored because they are used: those of webhooks and buttons, "
    "second factors, and sessions. One or several, separated by commas: the first one seals, all "
    "of them open. To change it put the new one first, run `manage.py reseal`, drop the old one "
    "(who is signed in since before signs in again). What was sealed with a lost one must be made "
    "anew. Local settings bring their own.",
)
ALLOWED_HOSTS = env.listing(
    "ALLOWED_HOSTS",
    meaning="Host names this server answers to, separated by commas. "
    "Local settings: this machine only.",
)
PUBLIC_URL = env.url(
    "PUBLIC_URL",
    meaning="Base of links in mail, as people reach the portal; https in production. "
    "Local settings: `http://127.0.0.1:8000`.",
)
DATABASE_URL = env.url_of_database(
    "DATABASE_URL",
    "sqlite:///var/tierdesk.sqlite3",
    meaning="`sqlite:///path` (relative to the checkout; four slashes: absolute) or "
    "`postgres://user:password@host:5432/name`; `?host=/directory` names a socket directory.",
)
DATABASE_POOL_SIZE = env.integer(
    "DATABASE_POOL_SIZE",
    "4",
    meaning="PostgreSQL connections a process holds at most; 0 opens one per request. "
    "Processes times this must stay below `max_connections`.",
)
DATABASE_STATEMENT_TIMEOUT = env.integer(
    "DATABASE_STATEMENT_TIMEOUT",
    "30",
    meaning="Seconds after which PostgreSQL ends a statement; 0: never, which is what "
    "`manage.py` commands use unless it is set.",
)
DEBUG = env.boolean(
    "DEBUG",
    "false",
    meaning="Django's debug pages. Refused in production.",
)
DEMO_MODE = env.boolean(
    "DEMO_MODE",
    "false",
    meaning="Demo sign-ins, and sent mail readable at `/demo/mail/`. `make run` turns it on; "
    "refused in production.",
)
DELIVER_ON_COMMIT = env.choice(
    "DELIVER_ON_COMMIT",
    ("thread", "inline", "off"),
    "off",
    meaning="How mail leaves right after a commit: by a `thread` of the web process, `inline` in "
    "the request (tests), or `off`: only by the worker `manage.py deliver`, which is the "
    "guarantee in every case. Local settings: `thread`.",
)
EMAIL_HOST = env.string(
    "EMAIL_HOST",
    "localhost",
    meaning="Mail server (SMTP). In demo mode mail goes to files in `var/mail` instead.",
)
EMAIL_PORT = env.integer("EMAIL_PORT", "587", minimum=1, meaning="Port of the mail server.")
EMAIL_USER = env.string("EMAIL_USER", "", meaning="User name at the mail server.")
EMAIL_PASSWORD = env.string("EMAIL_PASSWORD", "", meaning="Password at the mail server.")
EMAIL_SECURITY = env.choice(
    "EMAIL_SECURITY",
    ("starttls", "tls", "none"),
    "starttls",
    meaning="Encryption towards the mail server.",
)
EMAIL_TIMEOUT = env.integer(
    "EMAIL_TIMEOUT", "10", minimum=1, meaning="Seconds to wait for the mail server."
)
MAIL_FROM = env.string(
    "MAIL_FROM",
    "Tierdesk <tierdesk@localhost>",
    meaning="Sender of all mail.",
)
WEBHOOK_TIMEOUT = env.integer(
    "WEBHOOK_TIMEOUT",
    "5",
    minimum=1,
    meaning="Seconds to wait for a vendor's service that is asked before a request goes on.",
)
WEBHOOK_ALLOW_PRIVATE = env.boolean(
    "WEBHOOK_ALLOW_PRIVATE",
    "false",
    meaning="Vendors' services may be called on private addresses and without TLS, too. For "
    "development, and for servers that live with their vendors in one network.",
)
API_RATE = env.integer(
    "API_RATE",
    "3000",
    meaning="Calls of the API that one key may make in a minute; with 0 there is no limit.",
)
TRUSTED_PROXIES = env.integer(
    "TRUSTED_PROXIES",
    "0",
    meaning="Reverse proxies in front of this server. With 0, X-Forwarded-* headers are ignored.",
)
TIME_ZONE = env.time_zone(
    "TIME_ZONE",
    "UTC",
    meaning="Time zone of everybody who has chosen none, and of those who need no sign-in, "
    "such as `Europe/Berlin`.",
)
LOG_LEVEL = env.choice(
    "LOG_LEVEL",
    ("DEBUG", "INFO", "WARNING", "ERROR"),
    "INFO",
    meaning="Least serious messages written to stderr.",
)
HSTS_SECONDS = env.integer(
    "HSTS_SECONDS",
    "31536000",
    meaning="How long browsers insist on https (production).",
)
HOST = env.string(
    "HOST", "127.0.0.1", meaning="Address gunicorn listens on (config/gunicorn.conf.py)."
)
PORT = env.integer("PORT", "8000", minimum=1, meaning="Port gunicorn listens on.")
WEB_PROCESSES = env.integer("WEB_PROCESSES", "2", minimum=1, meaning="gunicorn's processes.")
WEB_THREADS = env.integer(
    "WEB_THREADS",
    "4",
    minimum=1,
    meaning="Threads of each process; with PostgreSQL no more than `DATABASE_POOL_SIZE`.",
)
