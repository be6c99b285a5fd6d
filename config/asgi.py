"""The ASGI application. Production settings unless DJANGO_SETTINGS_MODULE says otherwise."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django.setup(set_prefix=False)

from config.requests import Utf8ASGIHandler  # noqa: E402

application = Utf8ASGIHandler()
