from django.urls import path

from customers.actors import DISTRIBUTOR

from ..customers.urls import patterns as customers
from ..fulfillment.urls import patterns as fulfillment
from ..home import PortalHome
from ..products.urls import patterns as products
from ..tierconfig.urls import patterns as tierconfig

app_name = DISTRIBUTOR

urlpatterns = [
    path("", PortalHome.as_view(roles=(DISTRIBUTOR,)), name="home"),
    *customers(DISTRIBUTOR),
    *fulfillment(DISTRIBUTOR),
    *products(DISTRIBUTOR),
    *tierconfig(DISTRIBUTOR),
]
