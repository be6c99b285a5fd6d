from django.urls import path

from customers.actors import VENDOR

from ..apikeys.urls import patterns as apikeys
from ..customers.urls import patterns as customers
from ..frame.settings import SettingsPage
from ..fulfillment.urls import patterns as fulfillment
from ..holders.report import HoldersRanking
from ..home.pages import PortalHome
from ..products.urls import editing
from ..products.urls import patterns as products
from ..readiness.urls import patterns as readiness
from ..reports.urls import patterns as reports
from ..tierconfig.urls import patterns as tierconfig
from ..webhooks.urls import patterns as webhooks
from .bulk import RequestBulk
from .requests import RequestAccept, RequestIgnore
from .settings import ServiceLevels

app_name = VENDOR

urlpatterns = [
    path("", PortalHome.as_view(roles=(VENDOR,)), name="home"),
    *customers(VENDOR),
    path("account-requests/bulk/<slug:step>/", RequestBulk.as_view(), name="request-bulk"),
    path("account-requests/<str:pk>/accept/", RequestAccept.as_view(), name="request-accept"),
    path("account-requests/<str:pk>/ignore/", RequestIgnore.as_view(), name="request-ignore"),
    *fulfillment(VENDOR),
    *editing(),
    *products(VENDOR),
    *readiness(VENDOR),
    path("holders/", HoldersRanking.as_view(roles=(VENDOR,)), name="holders"),
    *reports(VENDOR),
    *tierconfig(VENDOR),
    *webhooks(VENDOR),
    *apikeys(VENDOR),
    path("settings/", SettingsPage.as_view(roles=(VENDOR,)), name="settings"),
    path("settings/service-levels/", ServiceLevels.as_view(), name="settings-levels"),
]
