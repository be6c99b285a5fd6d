"""The plainest model of a forest and of who sees what of it: dictionaries and loops, no database.

Ids stand for everything. It says what ought to be; tests/customers/test_forest_model.py does the
same with the services and compares.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError

from customers.services.accounts import NoChange

#: What a step ends in: None when it is carried out.
Refusal = type[Exception] | None


@dataclass
class Company:
    provider: str
    parent: str | None
    kind: str
    city: str
    version: int = 1
    gone: bool = False
    #: Who made it, if it is a preview.
    preview: str = ""


@dataclass(frozen=True)
class Sale:
    """A subscription or a configuration: who takes part in which product as which tier."""

    product: str
    kind: str
    members: tuple[tuple[str, int], ...]


@dataclass
class World:
    #: Product -> its vendor, and whether its changes are synchronised now.
    vendors: dict[str, str]
    sync: dict[str, bool]
    companies: dict[str, Company] = field(default_factory=dict)
    #: (partner, account, kind) of every access that has not ended.
    access: set[tuple[str, str, str]] = field(default_factory=set)
    sales: dict[str, Sale] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)
    #: Request id -> account, product, state.
    raised: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    # -- the tree

    def chain(self, pk: str) -> list[str]:
        """The account and everything above it, upwards."""
        found = [pk]
        while (parent := self.companies[found[-1]].parent) is not None:
            found.append(parent)
        return found

    def children(self, pk: str) -> list[str]:
        return [each for each, company in self.companies.items() if company.parent == pk]

    def subtree(self, pk: str) -> set[str]:
        return {each for each in self.companies if pk in self.chain(each)}

    # -- who may and who sees; an actor is (role, partner)

    def operates(self, partner: str, pk: str) -> bool:
        return any((partner, each, "operates") in self.access for each in self.chain(pk))

    def may_uproot(self, role: str, partner: str, pk: str) -> bool:
        """Its distributor may do everything, and so may the vendor with its own previews."""
        company = self.companies[pk]
        if role == "distributor":
            return company.provider == partner
        return role == "vendor" and company.preview == partner

    def may_write(self, role: str, partner: str, pk: str) -> bool:
        if role == "reseller":
            return self.operates(partner, pk)
        return self.may_uproot(role, partner, pk)

    def may_move(self, role: str, partner: str, pk: str) -> bool:
        """Nobody moves the account that is its own: that is for whoever is above."""
        parent = self.companies[pk].parent
        if role == "reseller":
            return parent is not None and self.operates(partner, parent)
        return self.may_uproot(role, partner, pk)

    def operators(self, pk: str) -> set[str]:
        """Resellers that operate the account or one above it."""
        return {partner for partner, _pk, _kind in self.access if self.operates(partner, pk)}

    def accounts_of(self, role: str, partner: str) -> set[str]:
        if role == "vendor":
            taken = [s.members for s in self.sales.values() if self.vendors[s.product] == partner]
            own = {pk for pk, each in self.companies.items() if each.preview == partner}
            return own | {pk for members in taken for pk, _tier in members}
        if role == "distributor":
            return {pk for pk, each in self.companies.items() if each.provider == partner}
        return {
            pk
            for pk in self.companies
            if self.operates(partner, pk) or (partner, pk, "sees") in self.access
        }

    def requests_of(self, role: str, partner: str) -> set[str]:
        return {
            pk
            for pk, (account, product, _state) in self.raised.items()
            if (role == "vendor" and self.vendors[product] == partner)
            or (role == "distributor" and self.companies[account].provider == partner)
            or (role == "reseller" and self.operates(partner, account))
        }

    # -- what takes part in what

    def connected(self, pk: str) -> list[str]:
        """Products of live subscriptions the account takes part in, by id."""
        return sorted({self.sales[source].product for source, _tier in self._taken(pk)})

    def scopes(self, pk: str, vendor: str | None = None) -> list[str]:
        tiers = {
            tier
            for source, tier in self._taken(pk)
            if vendor in (None, self.vendors[self.sales[source].product])
        }
        return [("customer", "tier1", "tier2")[tier] for tier in sorted(tiers)]

    def _taken(self, pk: str) -> list[tuple[str, int]]:
        return [
            (source, tier)
            for source in self.live
            for member, tier in self.sales[source].members
            if member == pk and self.sales[source].kind == "subscription"
        ]

    def needed(self, pk: str) -> bool:
        """The account is tier 1 or tier 2 of something live, subscription or configuration."""
        taken = (self.sales[source].members for source in self.live)
        return any(member == pk and tier for members in taken for member, tier in members)

    # -- steps: what becomes of them, and what they change

    def place_refused(self, new: Company, parent: str | None) -> Refusal:
        if parent is None:
            return ValidationError if new.kind == "customer" else None
        above = self.companies[parent]
        fits = above.provider == new.provider and bool(above.preview) == bool(new.preview)
        return None if fits and above.kind == "reseller" and not above.gone else ValidationError

    def create_refused(self, role: str, partner: str, new: Company) -> Refusal:
        parent = new.parent
        allowed = {
            "distributor": partner == new.provider,
            "vendor": bool(new.preview)
            and not (parent and self.companies[parent].preview != partner),
            "reseller": parent and not new.preview and self.operates(partner, parent),
        }
        return self.place_refused(new, parent) if allowed[role] else PermissionDenied

    def edit_refused(self, role: str, partner: str, pk: str, city: str) -> Refusal:
        if not self.may_write(role, partner, pk):
            return PermissionDenied
        if self.companies[pk].gone:
            return ValidationError
        return NoChange if self.companies[pk].city == city else None

    def switch_refused(self, role: str, partner: str, pk: str, kind: str) -> Refusal:
        company = self.companies[pk]
        if not self.may_write(role, partner, pk):
            return PermissionDenied
        if company.gone:
            return ValidationError
        if company.kind == kind:
            return NoChange
        operated = any((pk, "operates") == (where, what) for _who, where, what in self.access)
        needed = company.parent is None or self.children(pk) or self.needed(pk) or operated
        return ValidationError if kind == "customer" and needed else None

    def move_refused(
        self, role: str, partner: str, pk: str, target: str | None, *, previewed: bool
    ) -> Refusal:
        company = self.companies[pk]
        allowed = self.may_move if previewed else self.may_write
        if not allowed(role, partner, pk):
            return PermissionDenied
        if company.gone:
            return ValidationError
        if company.parent == target:
            return ValidationError if previewed else NoChange
        if target is None and not self.may_uproot(role, partner, pk):
            return PermissionDenied
        if target and (pk in self.chain(target) or not self.may_write(role, partner, target)):
            return ValidationError
        return self.place_refused(company, target)

    def grant_refused(self, partner: str, pk: str, kind: str) -> Refusal:
        held = {who for who, where, what in self.access if (where, what) == (pk, kind)}
        if self.companies[pk].gone or (partner in held if kind == "sees" else held):
            return ValidationError
        if kind == "operates" and self.companies[pk].kind == "customer":
            return ValidationError
        return None

    def decommission_refused(self, role: str, partner: str, pk: str) -> Refusal:
        company = self.companies[pk]
        if not self.may_uproot(role, partner, pk):
            return PermissionDenied
        below = [each for each in self.children(pk) if not self.companies[each].gone]
        return ValidationError if company.gone or below or self._taken(pk) else None

    def decommission(self, pk: str) -> None:
        self.companies[pk].gone = True
        self.access = {each for each in self.access if each[1] != pk}

    def change(self, pk: str) -> set[str]:
        """A change of the account is stored; returns the ids of the requests it raises."""
        digits, base = pk.removeprefix("TA-"), self.companies[pk].version
        self.companies[pk].version += 1
        new = {
            f"TAR-{digits}-{base:03d}-{index:03d}": (
                pk,
                product,
                "pending" if self.sync[product] else "unsupported",
            )
            for index, product in enumerate(self.connected(pk), start=1)
        }
        self.raised |= new
        return set(new)

    def buy(self, source: str, product: str, customer: str) -> Sale:
        """The tiers are the customer's parent and its parent, at this moment."""
        members = zip(self.chain(customer), range(3), strict=False)
        self.sales[source] = Sale(product, "subscription", tuple(members))
        self.live.add(source)
        return self.sales[source]

    def authorise(self, source: str, product: str, pk: str) -> None:
        self.sales[source] = Sale(product, "configuration", ((pk, 1),))
        self.live.add(source)
