"""The WSGI application. Production settings unless DJANGO_SETTINGS_MODULE says otherwise."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django.setup(set_prefix=False)

from config.requests import Utf8WSGIHandler  # noqa: E402

application = Utf8WSGIHandler()
