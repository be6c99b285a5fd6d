"""What the stories need to know of the demo, and who acts in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customers.actors import Actor
from customers.models import (
    AccountAccess,
    Connection,
    Hub,
    Marketplace,
    Membership,
    Partner,
    Product,
    TierAccount,
)
from tierconfig.models import Template
from tierconfig.parameters import Definition

from .names import Names, domain, slug
from .texts import renamed


@dataclass
class World:
    rng: random.Random
    names: Names
    now: datetime
    partners: dict[str, Partner]
    products: dict[str, Product]
    markets: dict[str, tuple[Marketplace, Hub]]
    connections: dict[tuple[str, str], Connection]
    #: Distributor -> its accounts.
    accounts: dict[str, list[TierAccount]]
    #: Accounts that were edited in the course of the month.
    edited: set[str] = field(default_factory=set)

    def actor_for(self, partner_id: str) -> Actor:
        """Somebody of the partner; the first one most of the time."""
        members = list(
            Membership.objects.filter(partner_id=partner_id)
            .select_related("user", "partner")
            .order_by("user_id")
        )
        return Actor.of(members[0] if self.rng.random() < 0.7 else members[-1])

    def vendor_of(self, request: Any) -> Actor:
        return self.actor_for(request.vendor_id)

    def distributor_of(self, thing: Any) -> Actor:
        return self.actor_for(thing.provider_id)

    def operator_of(self, account: TierAccount) -> Actor | None:
        """Somebody of the reseller partner that operates this very account."""
        access = AccountAccess.objects.current().filter(account=account, kind="operates").first()
        return self.actor_for(access.partner_id) if access else None

    def distributor_key(self, account: TierAccount) -> str:
        return next(key for key in self.markets if self.partners[key].pk == account.provider_id)

    def template(self, product_id: str, scope: str, kind: str = "") -> Template:
        return Template.objects.filter(product_id=product_id, scope=scope, type=kind)[0]

    def values(
        self, parameters: Sequence[Any], account: TierAccount, only: set[str] | None = None
    ) -> dict[str, Any]:
        """Raw answers of `account` for the parameters, in the form a form would send them."""
        return {
            each.name: self.value(each, account)
            for each in parameters
            if only is None or each.name in only
        }

    def value(self, parameter: Definition, account: TierAccount) -> Any:
        home = domain(account.name)
        if parameter.type == "checkbox":
            offered = [value for value, _label in parameter.choices]
            return sorted(self.rng.sample(offered, self.rng.randint(1, len(offered))))
        if parameter.type in ("dropdown", "choice"):
            return self.rng.choice(parameter.choices)[0]
        answers: dict[str, Callable[[], Any]] = {
            "email": lambda: f"{self.rng.choice(['it', 'admin', 'office', 'invoice'])}@{home}",
            "url": lambda: f"https://{slug(str(parameter)) or 'www'}.{home}/",
            "phone": lambda: account.phone,
            "address": lambda: self._address(account),
        }
        return answers.get(parameter.type, lambda: self._text(parameter, account, home))()

    def other_value(self, parameter: Definition, account: TierAccount) -> Any:
        """A raw answer that differs from what `value` gives for the account."""
        others: dict[str, Callable[[], Any]] = {
            "email": lambda: f"{self.names.digits('desk-###')}@{domain(account.name)}",
            "url": lambda: f"https://{domain(account.name)}/{self.names.digits('page-###')}/",
            "phone": lambda: self._phone(account.country),
            "address": lambda: {
                key: text
                for key, text in self.names.address(account.country).items()
                if key != "address_line2"
            },
        }
        if parameter.name == "legal_name":
            return renamed(account.name)
        return others.get(parameter.type, lambda: self.value(parameter, account))()

    def _phone(self, country: str) -> str:
        contact = self.names.contact(country, None, "")
        parts = ("phone_country_code", "phone_area_code", "phone_number")
        return " ".join(contact[part] for part in parts if contact[part])

    def _address(self, account: TierAccount) -> dict[str, str]:
        return {
            name: getattr(account, name)
            for name in ("address_line1", "city", "state", "postal_code", "country")
        }

    def _text(self, parameter: Definition, account: TierAccount, home: str) -> str:
        digits = self.names.digits
        texts = {
            "vat_id": lambda: f"{account.country}{digits('#########')}",
            "trade_register": lambda: f"HRB {digits('#####')}",
            "mail_domain": lambda: home,
            "legal_name": lambda: account.name,
            "relay": lambda: f"mx{digits('#')}.mailguard.example",
        }
        return texts.get(parameter.name, lambda: digits("K##-####-####"))()
