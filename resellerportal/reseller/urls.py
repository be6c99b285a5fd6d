from django.urls import path

from customers.actors import RESELLER

from ..apikeys.urls import patterns as apikeys
from ..customers.urls import patterns as customers
from ..frame.settings import SettingsPage
from ..fulfillment.urls import patterns as fulfillment
from ..home.pages import PortalHome
from ..imports.urls import patterns as imports
from ..products.urls import patterns as products
from ..readiness.urls import patterns as readiness
from ..reports.urls import patterns as reports
from ..tierconfig.urls import patterns as tierconfig
from ..webhooks.urls import patterns as webhooks

app_name = RESELLER

urlpatterns = [
    path("", PortalHome.as_view(roles=(RESELLER,)), name="home"),
    *customers(RESELLER),
    *fulfillment(RESELLER),
    *imports(RESELLER),
    *products(RESELLER),
    *readiness(RESELLER),
    *reports(RESELLER),
    *tierconfig(RESELLER),
    *webhooks(RESELLER),
    *apikeys(RESELLER),
    path("settings/", SettingsPage.as_view(roles=(RESELLER,)), name="settings"),
]
