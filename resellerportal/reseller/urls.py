from django.urls import path

from customers.actors import RESELLER

from ..home import PortalHome

app_name = RESELLER

urlpatterns = [
    path("", PortalHome.as_view(roles=(RESELLER,)), name="home"),
]
