from django.urls import path

from customers.actors import DISTRIBUTOR

from ..apikeys.urls import patterns as apikeys
from ..customers.granting import AccessEnd, AccountGrant
from ..customers.urls import patterns as customers
from ..frame.settings import SettingsPage
from ..fulfillment.urls import patterns as fulfillment
from ..holders.report import HoldersRanking
from ..home.pages import PortalHome
from ..imports.urls import patterns as imports
from ..products.connections import ConnectionAdd
from ..products.urls import patterns as products
from ..readiness.urls import patterns as readiness
from ..reports.urls import patterns as reports
from ..tierconfig.urls import patterns as tierconfig
from ..webhooks.urls import patterns as webhooks
from .settings import KnownCompanies

app_name = DISTRIBUTOR

urlpatterns = [
    path("", PortalHome.as_view(roles=(DISTRIBUTOR,)), name="home"),
    path("accounts/<str:pk>/grant/", AccountGrant.as_view(), name="account-grant"),
    path("accesses/<str:pk>/end/", AccessEnd.as_view(), name="access-end"),
    *customers(DISTRIBUTOR),
    *fulfillment(DISTRIBUTOR),
    *imports(DISTRIBUTOR),
    path(
        "products/<str:pk>/connections/add/",
        ConnectionAdd.as_view(),
        name="product-connection-add",
    ),
    *products(DISTRIBUTOR),
    *readiness(DISTRIBUTOR),
    path("holders/", HoldersRanking.as_view(roles=(DISTRIBUTOR,)), name="holders"),
    *reports(DISTRIBUTOR),
    *tierconfig(DISTRIBUTOR),
    *webhooks(DISTRIBUTOR),
    *apikeys(DISTRIBUTOR),
    path("settings/", SettingsPage.as_view(roles=(DISTRIBUTOR,)), name="settings"),
    path("settings/known-companies/", KnownCompanies.as_view(), name="settings-known"),
]
