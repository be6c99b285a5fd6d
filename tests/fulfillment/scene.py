"""Real partners, accounts and products for the naive model, and how its rows are found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from customers.actors import Actor
from customers.models import AccountAccess, Marketplace, Product, TierAccount
from tests import factories
from tests.conftest import Cast, make_cast
from tierconfig.models import Parameter, TierConfig, TierConfigRequest

from .naive import Key
from .questions import Offer, Question

SCOPES = ("asset", "tier1", "tier2")
LETTERS = "abcdefgh"
CHOICES = {"choices": [{"value": each, "label": each.upper()} for each in LETTERS]}

SWITCHES = (
    "validates_setups",
    "validates_updates",
    "validates_orders",
    "validates_changes",
    "administrative_hold",
    "editable_ordering_parameters",
    "editable_fulfillment_parameters",
)
PLANNED = ("purchase", "change", "suspend", "resume", "cancel")

often, seldom = st.sampled_from([True, True, False]), st.sampled_from([True, False, False, False])
flags = st.dictionaries(
    st.sampled_from(["required", "hidden", "readonly"]), st.booleans(), min_size=1, max_size=2
)
questions = st.fixed_dictionaries(
    {
        "phase": st.sampled_from(["ordering", "ordering", "ordering", "fulfillment"]),
        "required": often,
        "hidden": seldom,
        "readonly": seldom,
        "unique": seldom,
        "rule": st.none() | st.tuples(st.integers(0, 1), st.sampled_from("ab"), flags),
    }
)
offers = st.fixed_dictionaries(
    {
        "level": st.sampled_from([0, 1, 2, 2, 2]),
        "switches": st.fixed_dictionaries(
            {
                "validates_setups": st.booleans(),
                "validates_updates": st.booleans(),
                "validates_orders": seldom,
                "validates_changes": seldom,
                "administrative_hold": often,
                "editable_ordering_parameters": often,
                "editable_fulfillment_parameters": st.booleans(),
                "schedules": often,
            }
        ),
        **{scope: st.lists(questions, max_size=3) for scope in SCOPES},
    }
)


def offer_of(drawn: dict[str, Any]) -> Offer:
    """A rule looks at an earlier question of its scope; the first question has none."""
    made = []
    for scope in SCOPES:
        for number, fields in enumerate(drawn[scope]):
            rule = fields["rule"]
            if rule is not None:
                rule = (f"{scope}_{rule[0]}", *rule[1:]) if rule[0] < number else None
            made.append(Question(f"{scope}_{number}", scope, **{**fields, "rule": rule}))
    return Offer(drawn["level"], made, **drawn["switches"])


def constraints(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {**CHOICES, "readonly": question.readonly}
    if question.rule:
        name, value, changed = question.rule
        found["dependency"] = {"parameter": name, "values": [value], **changed}
    return found


@dataclass
class Scene:
    """Resellers nested so that one is tier 1 of some customers and tier 2 of others."""

    cast: Cast
    market: Marketplace
    accounts: dict[str, TierAccount]
    resellers: list[str]
    customers: list[str]

    @classmethod
    def make(cls) -> Scene:
        cast = make_cast()
        made: dict[str, TierAccount] = {}
        tree = {"R0": "", "R1": "", "M0": "R0", "M1": "R0", "M2": "R1", "M3": "M0"}
        for name, parent in tree.items():
            made[name] = factories.account(
                cast.partners["distributor"], made.get(parent), name=name
            )
            AccountAccess.objects.create(
                partner=cast.partners["reseller"],
                account=made[name],
                kind=AccountAccess.Kind.OPERATES,
                started_at=timezone.now(),
            )
        for name in tree:
            made[f"C {name}"] = factories.account(
                cast.partners["distributor"], made[name], name=f"C {name}", type="customer"
            )
        by_id = {each.pk: each for each in made.values()}
        below = [made[name].pk for name in ("M0", "M1", "M2", "M3")]
        return cls(cast, cast.market, by_id, below, [made[f"C {name}"].pk for name in tree])

    def actor(self, name: str, request: Any = None) -> Actor:
        """A fresh one; contact and operator are those of the request."""
        if name == "contact":
            return Actor.contact(request.inquiry_email, request.pk)
        if name == "viewer":
            return self.cast.actor("vendor", level="viewer")
        return self.cast.actor({"operator": "reseller"}.get(name, name))

    def offer(self, offer: Offer) -> Product:
        product = factories.product(
            self.cast.partners["vendor"],
            authorization_level=offer.level,
            **{name: getattr(offer, name) for name in SWITCHES},
            **{f"schedules_{each}s": offer.schedules for each in PLANNED},
        )
        factories.offer(product, self.cast.partners["distributor"])
        factories.item(product)
        for scope in SCOPES:
            factories.template(product, scope, "fulfillment" if scope == "asset" else "")
        for question in offer.questions:
            factories.parameter(
                product,
                question.scope,
                question.name,
                type=Parameter.Type.CHOICE,
                phase=question.phase,
                required=question.required,
                hidden=question.hidden,
                unique=question.unique,
                constraints=constraints(question),
            )
        return product


def key_of(config: TierConfig) -> Key:
    place = "live" if config.connection_id else "preview"
    return config.account_id, config.product_id, config.tier_level, place


def config_row(key: Key) -> TierConfig:
    account, product, tier, place = key
    return TierConfig.objects.get(
        account=account, product=product, tier_level=tier, connection__isnull=place == "preview"
    )


def request_row(key: Key, number: int) -> TierConfigRequest:
    rows = config_row(key).requests.select_related("configuration__product")
    return rows.get(pk__endswith=f"-{number:03d}")


def texts(params: dict[str, Any]) -> dict[str, str]:
    """Stored values as the model has them; what is blank is left out."""
    return {name: stored["value"] for name, stored in params.items() if stored.get("value")}
