"""Everything below /public/v1; each package lists its own addresses."""

from django.urls import re_path

from .markets import urls as markets
from .views import Unknown

app_name = "api"

urlpatterns = [
    *markets.urlpatterns,
    re_path(r"", Unknown.as_view(), name="unknown"),
]
