"""What people do around accounts besides selling: talk, import, take out of use, enter twice."""

from __future__ import annotations

from datetime import timedelta

from customers import jobs
from customers.actors import Actor
from customers.imports import services as imports
from customers.models import (
    ImportBatch,
    ImportRow,
    Membership,
    TierAccount,
    TierAccountRequest,
    User,
)
from customers.services import notices
from customers.services.accounts import create_account, edit_account
from customers.services.decommission import decommission_account
from customers.services.notes import add_note
from customers.services.watches import watch

from . import accounts, cast
from .clock import Agenda, Story
from .world import World

#: Applied a week ago: resellers with their customers, parents named by earlier rows.
TAKEN_OVER = """\
External ID;Company name;Type;Parent external ID;Tax ID;Street;City;Postal code;Country;\
First name;Last name;E-mail;Phone
HB-100;Brückner Bürotechnik GmbH;reseller;;DE129273398;Langenstraße 12;Bremen;28195;DE;\
Wiebke;Brückner;it@brueckner-buero.example;+49 421 3055510
HB-101;Reederei Vegesack GmbH;customer;HB-100;;Am Vegesacker Hafen 3;Bremen;28757;DE;\
Onno;Harms;edv@reederei-vegesack.example;+49 421 6580440
HB-102;Überseemuseum Förderverein e. V.;customer;HB-100;;Bahnhofsplatz 13;Bremen;28195;DE;\
Thea;Lühr;buero@museum-foerderer.example;+49 421 160380
HB-103;Teerhof Kaffeekontor KG;customer;HB-100;;Teerhof 59;Bremen;28199;DE;\
Jannes;Meyer;office@teerhof-kaffee.example;+49 421 5578110
"""
#: Checked this morning and left lying: errors, a company that is known, one that changed.
LEFT_LYING = """\
External ID;Company name;Type;Parent external ID;Tax ID;Street;City;Postal code;Country;\
First name;Last name;E-mail;Phone
HB-103;Teerhof Kaffeekontor KG;customer;HB-100;;Teerhof 61;Bremen;28199;DE;\
Jannes;Meyer;office@teerhof-kaffee.example;+49 421 5578110
HB-104;Weser Taucher GmbH;customer;HB-100;;Kap-Horn-Straße 2;Bremen;28237;DE;\
Insa;Kück;insa.weser-taucher.example;+49 421 61770
HB-105;Findorff Fahrräder;customer;HB-999;;Hemmstraße 114;Bremen;28215;Deutschland;\
Malte;Ahlers;werkstatt@findorff-rad.example;
HB-106;Kirlin Logistik;customer;HB-100;DE 811 907 980;Überseeallee 7;Hamburg;20457;DE;\
Jördis;Kirlin;einkauf@kirlin.example;
HB-107;Schlachte Gastro GmbH;customer;HB-100;;Schlachte 20;;28195;DE;\
Fenja;Behrens;kontakt@schlachte-gastro.example;
HB-108;Osterholz Gartenbau OHG;customer;HB-100;;Osterholzer Heerstraße 80;Bremen;28325;DE;\
Gesche;Tietjen;post@osterholz-garten.example;
"""


def schedule(world: World, agenda: Agenda) -> None:
    agenda.add(13, _twice(world))
    agenda.add(11, _talk(world))
    agenda.add(7, _import(world, "bremen.csv", TAKEN_OVER, apply=True))
    agenda.add(6, _closed(world))
    agenda.add(5, _preview(world))
    agenda.add(0.2, _import(world, "bremen-nachtrag.csv", LEFT_LYING, apply=False))


def person(key: str, partner: str) -> Actor:
    """One of the sign-ins or colleagues of cast.py, acting for a partner by its short name."""
    rows = Membership.objects.select_related("user", "partner")
    found = rows.get(user__email=f"{key}@{cast.DOMAIN}", partner=cast.PARTNERS[partner].id)
    return Actor.of(found)


def _twice(world: World) -> Story:
    """Kirlin gets a tax id; a second account with the same one is entered elsewhere."""
    dirk = person("distributor", "hanse")
    kirlin = TierAccount.objects.get(pk=accounts.KIRLIN)
    yield timedelta(minutes=5)
    edit_account(kirlin, actor=dirk, data={"tax_id": "DE811907980"})
    yield timedelta(hours=30)
    data = {
        "type": "customer",
        "name": "Kirlin Logistik",
        "tax_id": "DE 811 907 980",
        "address_line1": "Hermannstal 12",
        "city": "Hamburg",
        "postal_code": "22119",
        "country": "DE",
        "contact_first_name": "Arne",
        "contact_last_name": "Kirlin",
        "contact_email": "lager@kirlin.example",
        "phone": "+49 40 7330950",
    }
    weserland = TierAccount.objects.get(pk=accounts.WESERLAND)
    create_account(actor=dirk, provider=weserland.provider, parent=weserland, data=data)


def _talk(world: World) -> Story:
    """Both sides of the channel about a reseller, colleagues among themselves, and a vendor."""
    dirk, sanne = person("distributor", "hanse"), person("sanne", "hanse")
    rieke = person("reseller", "nordlicht")
    nordlicht = TierAccount.objects.get(pk=accounts.NORDLICHT)
    watch(nordlicht, actor=dirk)
    for member, modes in (
        (sanne, {"account-decided": "digest", "order-decided": "digest"}),
        (rieke, {"account-decided": "off"}),
    ):
        membership = Membership.objects.get(user=member.user, partner=member.partner)
        notices.choose(membership, modes)
    yield timedelta(hours=1)
    asked = "Rieke, is the office in the Speicherstadt already yours? Then we change the address."
    add_note(nordlicht, actor=dirk, text=asked, kind="message")
    yield timedelta(hours=20)
    answer = "From the first of next month. Please wait until then."
    add_note(nordlicht, actor=rieke, text=answer, kind="message")
    yield timedelta(hours=2)
    aside = "Sanne, please remind me: the new address needs the vendors' consent."
    mentioned = (User.objects.get(pk=sanne.user.pk).pk,) if sanne.user else ()
    add_note(nordlicht, actor=dirk, text=aside, kind="private", mentioned=mentioned)
    yield timedelta(days=6)
    waiting = TierAccountRequest.objects.filter(
        state="pending", vendor=cast.PARTNERS["kestrel"].id, provider=nordlicht.provider
    )
    request = waiting.order_by("pk").first()
    if request is not None:
        text = "Does the new address hold for invoices, too? Our records differ."
        add_note(request, actor=person("vendor", "kestrel"), text=text, kind="message")
        yield timedelta(hours=5)
        add_note(request, actor=sanne, text="Yes, for both.", kind="message")


def _closed(world: World) -> Story:
    """A customer that took part in nothing goes out of use."""
    dirk = person("distributor", "hanse")
    rows = TierAccount.objects.filter(provider=world.partners["hanse"], type="customer")
    idle = rows.filter(participations=None).exclude(pk=accounts.KIRLIN).order_by("pk")
    yield timedelta(minutes=1)
    decommission_account(idle[0], actor=dirk)


def _preview(world: World) -> Story:
    """The vendor's own accounts for trying its products out."""
    vera = person("vendor", "kestrel")
    market, _hub = world.markets["hanse"]
    preview = TierAccount.Environment.PREVIEW
    parent = None
    for kind, name in (("reseller", "Testhaus Nord"), ("customer", "Probe & Söhne")):
        yield timedelta(minutes=3)
        data = {
            "type": kind,
            "name": name,
            "address_line1": "Musterweg 1",
            "city": "Kiel",
            "postal_code": "24103",
            "country": "DE",
            "contact_first_name": "Vera",
            "contact_last_name": "Lindqvist",
            "contact_email": f"{kind}@preview.kestrel.example",
            "phone": "+49 431 5550100",
        }
        parent = create_account(
            actor=vera, provider=market.owner, parent=parent, data=data, environment=preview
        )


def _import(world: World, name: str, text: str, *, apply: bool) -> Story:
    dirk = person("distributor", "hanse")
    assert dirk.partner is not None
    batch = imports.upload(actor=dirk, provider=dirk.partner, name=name, content=text.encode())
    imports.set_mapping(batch, actor=dirk, mapping=batch.mapping, options={"match": "external_id"})
    yield timedelta(minutes=2)
    imports.check_batch(batch, actor=dirk)
    jobs.run_pending()
    yield timedelta(minutes=4)
    if apply:
        imports.choose(batch, actor=dirk, chosen=True, outcome=ImportRow.Outcome.NEW)
        imports.apply_batch(ImportBatch.objects.get(pk=batch.pk), actor=dirk)
        jobs.run_pending()
