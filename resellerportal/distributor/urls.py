from django.urls import path

from customers.actors import DISTRIBUTOR

from ..home import PortalHome

app_name = DISTRIBUTOR

urlpatterns = [
    path("", PortalHome.as_view(roles=(DISTRIBUTOR,)), name="home"),
]
