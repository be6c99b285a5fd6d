"""All URLs: health, admin and sign-in here, everything else in resellerportal."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path

from config import health

# One sign-in page for everybody, so its limits and the second factor hold for the admin too.
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Tierdesk"


def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that name no icon of their own: the admin, what is no HTML."""
    return redirect(static("portal/mark.svg"))


def closed(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Not here: addresses are kept by an administrator, because mail about requests goes there."""
    raise Http404


#: Pages of allauth that would let a user take another address, unproved.
CLOSED = [
    path("accounts/email/", closed, name="account_email"),
    path("accounts/confirm-email/", closed, name="account_email_verification_sent"),
    path("accounts/confirm-email/<str:key>/", closed, name="account_confirm_email"),
]

urlpatterns = [
    path("favicon.ico", favicon, name="favicon"),
    *CLOSED,
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("resellerportal.urls")),
]
