"""Every address of the portal below the root; each role has its own prefix and namespace."""

from django.urls import include, path

from .access import SwitchPartner
from .api.views import Unknown
from .demo.action import DemoAction
from .demo.mail import DemoMailDetail, DemoMailList, DemoMailPicture
from .demo.webhook import DemoWebhook
from .frame.search import Search
from .frame.theme import SwitchTheme
from .home.pages import Root
from .notes.files import NoteFile
from .notes.views import WatchList
from .pickers.view import AccountSearch
from .preferences.own import OwnPreferences
from .preferences.views import NotificationChoices, Unsubscribe
from .products.icons import IconImage
from .savedviews.pages import ViewDo, ViewEdit, Views

urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("acting-partner/", SwitchPartner.as_view(), name="acting-partner"),
    path("theme/", SwitchTheme.as_view(), name="theme"),
    path("search/", Search.as_view(), name="search"),
    path("account-search/", AccountSearch.as_view(), name="account-search"),
    path("files/<uuid:pk>/", NoteFile.as_view(), name="note-file"),
    path("watching/", WatchList.as_view(), name="watching"),
    path("preferences/", OwnPreferences.as_view(), name="preferences"),
    path("notifications/", NotificationChoices.as_view(), name="notifications"),
    path("notifications/<slug:partner>/", NotificationChoices.as_view(), name="notifications-of"),
    path("views/<str:pk>/", ViewEdit.as_view(), name="saved-view"),
    path("views/<int:pk>/do/", ViewDo.as_view(), name="saved-view-do"),
    path("views/of/<slug:list>/", Views.as_view(), name="saved-views"),
    path("unsubscribe/<str:token>/", Unsubscribe.as_view(), name="unsubscribe"),
    path("media/products/<slug:pk>/<slug:key>.png", IconImage.as_view(), name="icon-image"),
    path("vendor/", include("resellerportal.vendor.urls")),
    path("distributor/", include("resellerportal.distributor.urls")),
    path("reseller/", include("resellerportal.reseller.urls")),
    path("inquiry/", include("resellerportal.inquiry.urls")),
    path("help/", include("resellerportal.help.urls")),
    path("public/v1", Unknown.as_view(), name="api-base"),
    path("public/v1/", include("resellerportal.api.urls")),
    path("demo/action/", DemoAction.as_view(), name="demo-action"),
    path("demo/webhook/", DemoWebhook.as_view(), name="demo-webhook"),
    path("demo/mail/", DemoMailList.as_view(), name="demo-mail-list"),
    path("demo/mail/<str:key>/html/", DemoMailPicture.as_view(), name="demo-mail-html"),
    path("demo/mail/<str:key>/", DemoMailDetail.as_view(), name="demo-mail-detail"),
]
