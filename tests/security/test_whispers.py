"""Everything one can reach by following links, read by everybody: nobody finds what is not theirs.

What is told apart: values of tier 1 and tier 2, what was typed and not sent, drafts, colleagues
who were asked, passwords and secrets, and what vendors keep to themselves. Mail, webhooks and
reports are read, too.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from customers import jobs
from customers.actors import Actor
from customers.models import Event, Product, WebhookMessage
from customers.services.notes import add_note
from fulfillment.reporting.asking import content_of, request_report
from fulfillment.reporting.kinds import KINDS
from fulfillment.services import changes
from resellerportal.notifications import messages as mail
from resellerportal.notifications import webhooks
from tests import factories
from tests.conftest import Cast
from tests.customers.receiver import endpoint
from tests.factories import steps
from tests.fulfillment.test_drafts import draft as drafted
from tests.resellerportal.test_access_table import sign_in
from tests.tierconfig.test_drafts import begin
from tierconfig.models import TierConfigRequest, Webhook
from tierconfig.services import answer_drafts, configs, delegations, processing, updates
from tierconfig.services.definitions import embedding, messages
from tierconfig.services.definitions.webhooks import add_webhook

pytestmark = pytest.mark.django_db
HREF = re.compile(r'href="([^"#]+)')
ID = re.compile(r"[A-Z]+(?:-\d+)+")
#: Pages of a kind a member looks at: one of each tier.
EACH = 2
#: Who works with the configuration of a tier.
SIDES = {"tier1": {"distributor", "reseller"}, "tier2": {"distributor", "parent"}}


@pytest.fixture
def whispers(cast: Cast) -> dict[str, set[str]]:
    """Each whisper, and who may hear it."""
    cache.clear()
    found: dict[str, set[str]] = {"whisper-password": {"vendor"}}
    for scope in SIDES:
        factories.parameter(cast.product, scope, f"{scope}_word", type="password", required=True)
        factories.parameter(cast.product, scope, f"{scope}_own", phase="fulfillment")
    cast.order()
    for level in (2, 1):
        found |= _configured(cast, level)
    for level, name in ((1, "reseller"), (2, "parent")):
        found |= _changed(cast, level, name)
        config = steps.config(level, product=cast.product)
        text = f"whisper-note-{name}"
        add_note(config, actor=cast.actor(name), text=text, kind="private")
        found[text] = {name}
    found |= _kept_by_vendor(cast)
    found |= _order_drafted(cast, "reseller")
    found |= _drafted(cast, "reseller", 1)
    found |= _drafted(cast, "distributor", 2)
    alone = _product(cast, "vendor2", authorization_level=1)
    begin(cast, product=alone, connection=alone.connections.get())
    found[cast.umbrella.name] = {"vendor", "distributor", "reseller", "parent"}
    found[cast.umbrella.contact_email] = {"vendor", "distributor", "parent"}
    return found


def _configured(cast: Cast, level: int) -> dict[str, set[str]]:
    scope, vendor = f"tier{level}", cast.actor("vendor")
    given = {f"{scope}_vat": f"whisper-{scope}-value", f"{scope}_word": "whisper-password"}
    request = steps.answer(steps.setup(level), **given)
    own = {f"{scope}_own": f"whisper-{scope}-vendors"}
    updates.update_request(request, actor=vendor, values=own)
    steps.approve(steps.setup(level), vendor)
    return {
        f"whisper-{scope}-value": {"vendor", *SIDES[scope]},
        f"whisper-{scope}-vendors": {"vendor"},
    }


def _changed(cast: Cast, level: int, name: str) -> dict[str, set[str]]:
    """An update that waits for its answer, which is begun and passed on."""
    scope = f"tier{level}"
    vat, whisper = f"{scope}_vat", f"whisper-{scope}-"
    config = steps.config(level, product=cast.product)
    changed = configs.request_change(
        config, actor=cast.actor(name), values={vat: f"{whisper}changed"}
    )
    errors = {vat: f"{whisper}complaint"}
    asked = processing.inquire_request(changed, actor=cast.actor("vendor"), errors=errors)
    contact = Actor.contact(asked.inquiry_email, asked.pk)
    typed = {vat: f"{whisper}unsent"}
    answer_drafts.save_draft(asked, actor=contact, values=typed, shown=[vat])
    delegations.delegate(
        TierConfigRequest.objects.get(pk=asked.pk),
        actor=contact,
        email=f"{whisper}colleague@people.example",
        names=[vat],
    )
    return {
        f"{whisper}changed": {"vendor", *SIDES[scope]},
        f"{whisper}complaint": {"vendor", *SIDES[scope]},
        f"{whisper}unsent": SIDES[scope],
        f"{whisper}colleague": SIDES[scope],
    }


def _kept_by_vendor(cast: Cast) -> dict[str, set[str]]:
    boss = cast.actor("vendor", "administrator")
    secret = embedding.new_secret(cast.product, actor=boss)
    hook = add_webhook(
        cast.product,
        actor=boss,
        type=Webhook.Type.DRAFT_TIER_1,
        label="Check",
        external_url="https://vendor.example/whisper-hook",
    )
    messages.add_message(cast.product, actor=boss, external_id="M", value="whisper-text")
    return {
        secret: set(),
        hook.jwt_secret.open(): set(),
        "whisper-hook": {"vendor"},
        "whisper-text": {"vendor"},
        "vendor@people.example": {"vendor"},
    }


def _drafted(cast: Cast, name: str, level: int) -> dict[str, set[str]]:
    product = _product(cast, "vendor", authorization_level=2, validates_setups=True)
    text = f"whisper-draft-{name}"
    values = {f"tier{level}_vat": text}
    way = product.connections.get()
    draft = begin(cast, name, level, product=product, connection=way, values=values)
    return {text: {name}, draft.pk: {name}, draft.configuration_id: {name}}


def _order_drafted(cast: Cast, name: str) -> dict[str, set[str]]:
    """The draft of an order, with values for a tier, and of a change."""
    product = _product(cast, "vendor", authorization_level=1)
    text = f"whisper-order-{name}"
    begun = drafted(
        cast,
        name,
        product=product,
        items={},
        connection=product.connections.get(),
        values={"tier1": {"tier1_vat": text}},
    )
    change = changes.request_change(
        steps.subscribe(cast),
        actor=cast.actor(name),
        items={cast.plain.items.get().pk: 9},
        note=f"{text}-change",
        draft=True,
    )
    own = (text, begun.pk, begun.subscription_id, change.pk, change.note)
    return {key: {name} for key in own}


def _product(cast: Cast, vendor: str, **fields: Any) -> Product:
    made = factories.product(cast.partners[vendor], **fields)
    factories.offer(made, cast.partners["distributor"])
    for scope in ("tier1", "tier2")[: made.authorization_level]:
        factories.parameter(made, scope, f"{scope}_vat", required=True)
        factories.template(made, scope)
    return made


def crawl(client: Any, start: str) -> dict[str, str]:
    """The pages that links lead to, a few of each kind, by address."""
    queue, done, kinds, found = [start], {start}, Counter[str](), {}
    while queue:
        address = queue.pop(0)
        answer = client.get(address)
        assert answer.status_code < 400, f"{address} leads nowhere"
        raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
        page = raw.decode("utf-8", "replace")
        found[address] = html.unescape(page)
        links = [answer["Location"]] if answer.status_code == 302 else HREF.findall(page)
        for link in links if "html" in answer["Content-Type"] else []:
            target = urljoin(address, html.unescape(link))
            kind = _kind(target)
            if target not in done and kind.startswith(start) and kinds[kind] < EACH:
                kinds[kind] += 1
                done.add(target)
                queue.append(target)
    return found


def _kind(address: str) -> str:
    """The address without ids, and of its query the tab alone."""
    parts = urlsplit(address)
    tab = re.search(r"(?:^|&)(?:tab|scope)=\w+", parts.query)
    if parts.query and not tab:
        return ""
    return ID.sub("*", parts.path) + (tab[0] if tab else "")


def sent(cast: Cast, name: str) -> dict[str, str]:
    """What is not read in the portal: mail, webhooks and reports, by what it is."""
    found = {}
    address = f"{name}@people.example"
    for event in Event.objects.order_by("at"):
        for each in mail.messages(event):
            if each.recipient == address:
                found[f"mail about {event.verb}"] = f"{each.subject} {each.context}"
    hook = endpoint(cast.partners[name], "https://partner.example/hook")
    for event in Event.objects.order_by("at"):
        webhooks.tell(event)
    told = WebhookMessage.objects.filter(endpoint=hook)
    found |= {f"webhook {each.type} {each.pk}": str(each.payload) for each in told}
    for kind in KINDS:
        report = request_report(kind, actor=cast.actor(name), format="csv")
        jobs.run_pending(9)
        found[f"report {kind}"] = b"".join(content_of(report)).decode()
    hook.delete()
    return found


def test_nobody_hears_what_is_whispered_to_others(cast, whispers):
    heard, told = [], set()
    for name in ("vendor", "distributor", "reseller", "parent", "vendor2"):
        client = Client()
        sign_in(client, cast, name)
        space = {"parent": "reseller", "vendor2": "vendor"}.get(name, name)
        for address, page in (crawl(client, f"/{space}/") | sent(cast, name)).items():
            for whisper in filter(page.__contains__, whispers):
                told.add(whisper)
                if name not in whispers[whisper]:
                    heard.append(f"{name} hears {whisper} at {address}")
    assert not heard, "\n".join(sorted(heard))
    # And the rest was said where it may be heard, or this would prove nothing.
    unsaid = {whisper for whisper, may in whispers.items() if may} - told
    assert {each for each in unsaid if each.startswith(("whisper", "TCR-"))} == set()
