"""What the tests of configurations and their requests share."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import AccountAccess
from tests import factories
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services import configs
from tierconfig.services import requests as setups

BACKEND = "resellerportal.signin.SignInBackend"
ROLES = {"parent": "reseller", "admin": "vendor"}


class Pages:
    """Members of the cast at the pages of their own portal, unless `portal` names another."""

    def __init__(self, client: Any, cast: Any) -> None:
        self.client = client
        self.cast = cast
        self.member = ""

    def address(self, member: str, name: str, *args: str, portal: str = "") -> str:
        if member != self.member:
            self.client.force_login(self.cast.users[member], backend=BACKEND)
            self.member = member
        role = portal or ROLES.get(member, member.rstrip("2"))
        return reverse(f"{role}:{name}", args=[each for each in args if each])

    def get(self, member: str, name: str, *args: str, portal: str = "", **query: Any) -> Any:
        return self.client.get(self.address(member, name, *args, portal=portal), query)

    def post(self, member: str, name: str, /, *args: str, portal: str = "", **data: Any) -> Any:
        return self.client.post(self.address(member, name, *args, portal=portal), data)

    def queries(self, member: str, name: str, *args: str, **query: Any) -> int:
        """How many queries a page costs somebody who has been here before."""
        self.get(member, name, *args, **query)
        with CaptureQueriesContext(connection) as found:
            assert self.get(member, name, *args, **query).status_code == 200
        return len(found)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def main_of(answer: Any) -> str:
    return text_of(answer).partition("<main")[2]


def ids(answer: Any, prefix: str = "TC-") -> set[str]:
    """Ids in the first cells of a list."""
    return set(re.findall(rf'<div class="id">({prefix}[\d-]+)</div>', answer.content.decode()))


def setup_of(level: int) -> TierConfigRequest:
    return TierConfigRequest.objects.get(configuration__tier_level=level, type="setup")


def answer(cast: Any, level: int) -> TierConfigRequest:
    operator = {1: "reseller", 2: "parent"}[level]
    values = {f"tier{level}_vat": f"DE00{level}"}
    return setups.answer_request(setup_of(level), actor=cast.actor(operator), values=values)


def approve(cast: Any, request: TierConfigRequest) -> TierConfigRequest:
    template = cast.product.templates.get(scope=request.configuration.scope)
    return setups.approve_request(request, actor=cast.actor("vendor"), template=template)


def configure(cast: Any) -> tuple[TierConfig, TierConfig]:
    """Both tiers of Backup 360 configured; (tier 1 configuration, tier 2 configuration)."""
    if not TierConfig.objects.exists():
        cast.order()
    for level in (2, 1):
        answer(cast, level)
        approve(cast, setup_of(level))
    return TierConfig.objects.get(tier_level=1), TierConfig.objects.get(tier_level=2)


def make_config(cast: Any, name: str) -> TierConfig:
    """A tier 2 configuration with its set-up inquiring, of a new account that `parent` operates."""
    account = factories.account(cast.partners["distributor"], name=name)
    AccountAccess.objects.create(
        partner=cast.partners["parent"],
        account=account,
        kind=AccountAccess.Kind.OPERATES,
        started_at=account.created_at,
    )
    config = factories.identifiers.insert(
        TierConfig,
        "TC",
        account=account,
        product=cast.product,
        tier_level=2,
        connection=cast.connection,
        marketplace=cast.market,
        vendor=cast.partners["vendor"],
        provider=cast.partners["distributor"],
    )
    configs.create_request(config, "setup", actor=cast.actor("system"), params={})
    return config
