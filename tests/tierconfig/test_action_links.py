"""Buttons of the control panel: who may press them, and what the token says."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from customers.models import Event
from customers.sealing import Sealed
from fulfillment.models import Subscription
from tests.resellerportal.config_pages import configure
from tierconfig.models import Action, Embedding
from tierconfig.services import action_links
from tierconfig.services.definitions.actions import add_action

SECRET = "a-secret-of-the-product-long-enough-0123456789"


@pytest.fixture
def ready(cast):
    """Both tiers configured, and a product whose buttons work."""
    config, above = configure(cast)
    embed(cast)
    return config, above


def embed(cast, **fields):
    given = {
        "action_url": "https://vendor.example/in?shop=7&jwt=old",
        "action_secret": Sealed.of(SECRET),
    }
    Embedding.objects.update_or_create(product=cast.product, defaults={**given, **fields})


def button(cast, scope="tier1", product=None):
    return add_action(
        product or cast.product,
        actor=cast.actor("vendor"),
        action=f"sso-{scope}",
        name="Sign in",
        description="Opens the console",
        scope=scope,
    )


def test_the_reseller_gets_a_token_that_says_who_pressed_what_where(cast, ready, settings):
    config, _above = ready
    link = action_links.press(config, actor=cast.actor("reseller"), action=button(cast))
    parts = urlsplit(link)
    query = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "vendor.example", "/in")
    assert query["shop"] == ["7"]
    [token] = query["jwt"]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    said = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=settings.PUBLIC_URL)
    assert said.pop("exp") - said.pop("iat") == settings.ACTION_TOKEN_SECONDS
    assert len(said.pop("jti")) == 32
    assert said == {
        "iss": settings.PUBLIC_URL,
        "action_id": "sso-tier1",
        "tier_config_id": config.pk,
        "account_id": cast.nordlicht.pk,
        "user_id": cast.users["reseller"].pk,
        "role": "reseller",
    }
    event = Event.objects.about(config).get(verb="tierconfig.action")
    assert event.data["name"] == "Sign in"
    assert token not in str(event.data)


def test_no_two_tokens_are_the_same(cast, ready):
    config, _above = ready
    made, actor = button(cast), cast.actor("reseller")
    links = {action_links.press(config, actor=actor, action=made) for _n in range(3)}
    assert len(links) == 3


@pytest.mark.parametrize(
    ("who", "level", "may"),
    [
        ("reseller", "agent", True),
        ("reseller", "viewer", False),
        ("parent", "agent", False),
        ("reseller2", "agent", False),
        ("distributor", "administrator", False),
        ("vendor", "agent", True),
        ("vendor", "viewer", False),
        ("vendor2", "agent", False),
        ("admin", None, True),
    ],
)
def test_of_a_configuration_its_reseller_presses_and_the_vendor_tries(cast, ready, who, level, may):
    config, _above = ready
    actor, made = cast.actor(who, level), button(cast)
    if may:
        assert action_links.press(config, actor=actor, action=made)
        return
    with pytest.raises(PermissionDenied):
        action_links.press(config, actor=actor, action=made)
    assert not Event.objects.filter(verb="tierconfig.action").exists()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("distributor", True),
        ("reseller", True),
        ("vendor", True),
        ("distributor2", False),
        ("reseller2", False),
        ("vendor2", False),
    ],
)
def test_of_a_subscription_distributor_and_reseller_press(cast, ready, who, may):
    Subscription.objects.update(state="active")
    subscription = Subscription.objects.get()
    actor, made = cast.actor(who), button(cast, "asset")
    if not may:
        with pytest.raises(PermissionDenied):
            action_links.press(subscription, actor=actor, action=made)
        return
    [token] = parse_qs(urlsplit(action_links.press(subscription, actor=actor, action=made)).query)[
        "jwt"
    ]
    said = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert (said["asset_id"], said["account_id"]) == (subscription.pk, cast.kirlin.pk)
    assert "tier_config_id" not in said


def test_a_button_of_another_scope_or_product_is_unknown(cast, ready):
    config, _above = ready
    foreign = Action(product=cast.plain, action="x", name="x", scope="tier1", pk="ACT-1")
    for wrong in (button(cast, "tier2"), button(cast, "asset"), foreign):
        with pytest.raises(ValidationError) as caught:
            action_links.press(config, actor=cast.actor("reseller"), action=wrong)
        assert caught.value.code == "unknown"


def test_nothing_is_pressed_before_the_first_approval(cast):
    cast.order()
    embed(cast)
    config = cast.product.tier_configs.get(tier_level=1)
    with pytest.raises(ValidationError) as caught:
        action_links.press(config, actor=cast.actor("reseller"), action=button(cast))
    assert caught.value.code == "state"


@pytest.mark.parametrize(
    "missing",
    [{"action_url": ""}, {"action_secret": Sealed()}, {"action_secret": Sealed("of lost keys")}],
    ids=["address", "secret", "readable secret"],
)
def test_without_address_or_secret_there_is_no_link(cast, ready, missing):
    config, _above = ready
    embed(cast, **missing)
    with pytest.raises(ValidationError) as caught:
        action_links.press(config, actor=cast.actor("reseller"), action=button(cast))
    assert caught.value.code == "incomplete"
