from django.urls import path

from customers.actors import VENDOR

from ..home import PortalHome

app_name = VENDOR

urlpatterns = [
    path("", PortalHome.as_view(roles=(VENDOR,)), name="home"),
]
