"""A URLconf with one page of every generic kind, for the tests of the generic pages."""

from django import forms
from django.db.models import Q
from django.urls import include, path

from customers.models import Product, TierAccount, TierAccountRequest
from customers.services.accounts import edit_account
from customers.services.requests import accept_request, ignore_request
from resellerportal import cells
from resellerportal.forms import PortalForm
from resellerportal.generic import (
    Action,
    DetailTab,
    Fact,
    PortalActionView,
    PortalDetailView,
    PortalFormView,
    PortalListView,
)
from resellerportal.home.pages import PortalHome
from resellerportal.lists.listing import Column, Filter, Tab, newer
from resellerportal.reports.urls import patterns as reports
from resellerportal.urls import urlpatterns as portal
from resellerportal.wizard import Step, WizardView

State = TierAccountRequest.State


class RequestList(PortalListView):
    roles = ("vendor",)
    model = TierAccountRequest
    name = "request"
    title = "Account requests"
    row_title = "account.name"
    row_label = "Account"
    row_order = "account__name"
    columns = (
        Column("state", "State", cells.state),
        Column("changed", "Changed", lambda obj: ", ".join(obj.changed), reads=("changed",)),
        Column("product", "Product", "product.name", order="product__name", optional=True),
        Column("provider", "Distributor", "provider.name", optional=True),
        Column("waiting", "Waiting", cells.since("state_since"), order="state_since", num=True),
    )
    tabs = (
        Tab("mine", "Waiting for me", Q(state=State.PENDING)),
        Tab("done", "Done", ~Q(state=State.PENDING)),
        Tab("all", "All"),
    )
    filters = (
        Filter(
            "product",
            "Product",
            "product_id",
            lambda actor: Product.objects.visible_to(actor).values_list("pk", "name"),
        ),
        Filter("state", "State", choices=State.choices),
        Filter("country", "Country", "account__country"),
        newer("created", "Created", "created_at"),
    )
    search_fields = ("account__name", "account__contact_email")
    search_label = "Account, ID or e-mail"
    order = "waiting"
    empty = "Changes of accounts that use your products appear here."

    def get_actions(self):
        return [Action("Export", "?export=csv", icon="fa-download")]


class RequestDetail(PortalDetailView):
    roles = ("vendor",)
    model = TierAccountRequest
    name = "request"
    select_related = ("account", "product", "provider")
    title = "account.name"
    tabs = (
        DetailTab("", "Changes", "portal/detail.html"),
        DetailTab("details", "Details", "portal/detail.html"),
    )

    def get_facts(self):
        return [Fact("Product", self.object.product), Fact("From", self.object.provider)]


class RequestAccept(PortalActionView):
    roles = ("vendor",)
    model = TierAccountRequest
    name = "request"
    step = "accept"
    service = staticmethod(accept_request)
    title = "Accept the change"
    question = "Do you take the new data over?"
    submit_label = "Accept"
    success_message = "Accepted."

    def get_facts(self):
        return [Fact("Account", self.object.account)]


class IgnoreForm(PortalForm):
    reason = forms.CharField(max_length=255, widget=forms.Textarea(attrs={"rows": 3}))


class RequestIgnore(RequestAccept):
    step = "ignore"
    service = staticmethod(ignore_request)
    form_class = IgnoreForm
    title = "Ignore the change"
    question = "The account keeps its new data; the distributor reads your reason."
    style = "danger"
    submit_label = "Ignore"


class AccountForm(PortalForm):
    fieldsets = (("General", ("name", "tax_id")), ("Address", ("city", "country", "kind", "agree")))
    name = forms.CharField(label="Company name", help_text="As it is registered.")
    tax_id = forms.CharField(required=False)
    city = forms.CharField()
    country = forms.ChoiceField(choices=[("DE", "Germany"), ("SE", "Sweden")])
    kind = forms.ChoiceField(
        choices=[("a", "Reseller"), ("b", "Customer")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="I checked it")


class AccountEdit(PortalFormView):
    roles = ("distributor",)
    model = TierAccount
    name = "account"
    title = "Edit the account"
    form_class = AccountForm
    success_message = "Saved."

    def service(self, account, *, actor, **data):
        wanted = {key: data[key] for key in ("name", "city")}
        return edit_account(account, actor=actor, data=wanted)[0]


class AccountDetail(PortalDetailView):
    roles = ("distributor",)
    model = TierAccount
    name = "account"


class AccountList(PortalListView):
    roles = ("distributor",)
    model = TierAccount
    name = "account"
    title = "Accounts"
    row_title = "name"
    row_order = "name"
    order = "name"


class TypeForm(PortalForm):
    kind = forms.ChoiceField(choices=[("customer", "Customer"), ("reseller", "Reseller")])


class NameForm(PortalForm):
    name = forms.CharField()


class AccountAdd(WizardView):
    roles = ("distributor",)
    url_name = "account-add"
    title = "Add an account"
    success_message = "Created."
    steps = (Step("type", "Type", TypeForm), Step("data", "Data", NameForm))

    def finish(self, answers):
        return f"/distributor/?made={answers['type']['kind']}-{answers['data']['name']}"


vendor = [
    path("", PortalHome.as_view(roles=("vendor",)), name="home"),
    path("requests/", RequestList.as_view(), name="request-list"),
    path("requests/<str:pk>/accept/", RequestAccept.as_view(), name="request-accept"),
    path("requests/<str:pk>/ignore/", RequestIgnore.as_view(), name="request-ignore"),
    path("requests/<str:pk>/", RequestDetail.as_view(), name="request-detail"),
    path("requests/<str:pk>/<slug:tab>/", RequestDetail.as_view(), name="request-detail"),
]
distributor = [
    path("", PortalHome.as_view(roles=("distributor",)), name="home"),
    path("accounts/", AccountList.as_view(), name="account-list"),
    path("accounts/add/", AccountAdd.as_view(), name="account-add"),
    path("accounts/add/<slug:step>/", AccountAdd.as_view(), name="account-add"),
    path("accounts/<str:pk>/edit/", AccountEdit.as_view(), name="account-edit"),
    path("accounts/<str:pk>/", AccountDetail.as_view(), name="account-detail"),
    *reports("distributor"),
]
urlpatterns = [
    path("vendor/", include((vendor, "vendor"))),
    path("distributor/", include((distributor, "distributor"))),
    path("accounts/", include("allauth.urls")),
    *(part for part in portal if getattr(part, "namespace", "") not in ("vendor", "distributor")),
]
