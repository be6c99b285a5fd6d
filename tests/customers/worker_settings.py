"""Settings of a worker process that a test starts: its database, mail into files or to a server."""

import os

from config.settings.test import *  # noqa: F403
from config.settings.test import DATABASES

if "TEST" in DATABASES["default"]:
    del DATABASES["default"]["TEST"]
DELIVER_ON_COMMIT = "off"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ["WORKER_MAIL"]
if "WORKER_SMTP" in os.environ:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["WORKER_SMTP"])
    EMAIL_USE_TLS = False
