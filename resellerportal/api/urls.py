"""Everything below /public/v1; each package lists its own addresses."""

from django.urls import path, re_path

from .account_requests import urls as account_requests
from .agreements import urls as agreements
from .assets import urls as assets
from .categories import urls as categories
from .config_requests import urls as config_requests
from .configs import urls as configs
from .conversations import urls as conversations
from .documents.files import OpenApiFile
from .localization import urls as localization
from .markets import urls as markets
from .partners import urls as partners
from .products import urls as products
from .requests import urls as requests
from .tier_accounts import urls as tier_accounts
from .views import Unknown
from .webhooks import urls as webhooks

app_name = "api"

urlpatterns = [
    *agreements.urlpatterns,
    *account_requests.urlpatterns,
    *assets.urlpatterns,
    *categories.urlpatterns,
    *config_requests.urlpatterns,
    *configs.urlpatterns,
    *conversations.urlpatterns,
    *localization.urlpatterns,
    *markets.urlpatterns,
    *partners.urlpatterns,
    *products.urlpatterns,
    *requests.urlpatterns,
    *tier_accounts.urlpatterns,
    *webhooks.urlpatterns,
    path("openapi.yml", OpenApiFile.as_view(), name="openapi-yml"),
    path("openapi.json", OpenApiFile.as_view(as_json=True), name="openapi-json"),
    re_path(r"", Unknown.as_view(), name="unknown"),
]
