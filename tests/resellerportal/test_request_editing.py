"""What a vendor changes about an open request, and what changed about its product meanwhile."""

from __future__ import annotations

import pytest

from tests import factories
from tests.resellerportal.config_pages import (
    answer,
    approve,
    configure,
    main_of,
    setup_of,
    text_of,
)
from tierconfig.models import TierConfigRequest
from tierconfig.services import configs
from tierconfig.services.definitions import parameters as definitions
from tierconfig.services.definitions import templates


@pytest.fixture
def pending(cast):
    """A tier 2 request that waits for the vendor."""
    cast.order()
    return answer(cast, 2)


def fresh(request):
    return TierConfigRequest.objects.get(pk=request.pk)


def add_parameter(cast, **changes):
    fields = {
        "name": "site",
        "type": "text",
        "phase": "ordering",
        "scope": "tier2",
        "title": "Web site",
        "required": True,
    }
    return definitions.add_parameter(
        cast.product, actor=cast.actor("vendor"), **{**fields, **changes}
    )


class TestAdvanced:
    def test_a_parameter_is_asked_in_another_way_for_this_request_only(self, cast, pages, pending):
        factories.parameter(
            cast.product,
            "tier2",
            "size",
            type="dropdown",
            title="Size",
            constraints={
                "choices": [
                    {"value": "s", "label": "Small"},
                    {"value": "m", "label": "Medium"},
                    {"value": "l", "label": "Large"},
                ]
            },
        )
        form = pages.get("vendor", "config-request-update", pending.pk)
        assert "as defined (yes)" in main_of(form)
        sent = pages.post(
            "vendor",
            "config-request-update",
            pending.pk,
            **{
                "required-size": "yes",
                "choices-size": ["s", "m"],
                "readonly-tier2_vat": "yes",
                "revision": form.context["revision"],
            },
        )
        assert sent.status_code == 302
        assert fresh(pending).presentation == {
            "size": {
                "required": True,
                "choices": [{"value": "s", "label": "Small"}, {"value": "m", "label": "Medium"}],
            },
            "tier2_vat": {"readonly": True},
        }
        shown = main_of(pages.get("vendor", "config-request-detail", pending.pk))
        assert "missing" in shown
        pages.post("vendor", "config-request-inquire", pending.pk, message="Choose a size")
        asked = main_of(pages.get("parent", "config-request-answer", pending.pk))
        assert "Medium" in asked
        assert "Large" not in asked
        again = pages.get("vendor", "config-request-update", pending.pk)
        back = {"choices-size": ["s", "m", "l"], "param-tier2_vat": "DE002"}
        back["revision"] = again.context["revision"]
        pages.post("vendor", "config-request-update", pending.pk, **back)
        assert fresh(pending).presentation == {}
        other = setup_of(1)
        assert other.presentation == {}

    def test_nothing_is_offered_is_refused_and_so_is_no_change(self, cast, pages, pending):
        factories.parameter(
            cast.product,
            "tier2",
            "size",
            type="choice",
            title="Size",
            constraints={"choices": [{"value": "s", "label": "S"}, {"value": "m", "label": "M"}]},
        )
        refused = pages.post(
            "vendor", "config-request-update", pending.pk, **{"required-size": "yes"}
        )
        assert refused.status_code == 422
        assert "Offer at least one choice." in text_of(refused)
        same = pages.post(
            "vendor", "config-request-update", pending.pk, **{"choices-size": ["s", "m"]}
        )
        assert "Nothing was changed." in text_of(same)
        assert fresh(pending).presentation == {}

    def test_an_order_has_it_too(self, cast, pages):
        factories.parameter(cast.product, "asset", "seat", title="Seat")
        order = cast.order()
        form = pages.get("vendor", "order-values", order.pk)
        assert form.status_code == 409  # parked: nothing is edited yet
        plain = cast.order(product=cast.plain)
        factories.parameter(cast.plain, "asset", "seat", title="Seat")
        pages.post("vendor", "order-values", plain.pk, **{"hidden-seat": "yes"})
        plain = type(plain).objects.get(pk=plain.pk)
        assert plain.presentation == {"seat": {"hidden": True}}


class TestNotes:
    def test_vendor_and_distributor_write_notes_while_it_is_pending(self, cast, pages, pending):
        for member, said in (("vendor", "Call <b>them</b>"), ("distributor", "They know")):
            page = pages.get(member, "config-request-detail", pending.pk)
            assert f"/{pending.pk}/notes/" in main_of(page)
            pages.post(member, "config-request-notes", pending.pk, notes=said)
            assert fresh(pending).notes == said
        pages.post("vendor", "config-request-notes", pending.pk, notes="Call <b>them</b>")
        assert "Call &lt;b&gt;them" in text_of(
            pages.get("distributor", "config-request-detail", pending.pk)
        )
        assert "them" not in main_of(pages.get("parent", "config-request-detail", pending.pk))
        refused = pages.post("vendor", "config-request-notes", pending.pk, notes="n" * 2001)
        assert refused.status_code == 422

    def test_not_in_other_states_and_not_by_others(self, cast, pages, pending):
        assert pages.post("vendor", "config-request-notes", setup_of(1).pk).status_code == 409
        page = pages.get("vendor", "config-request-detail", setup_of(1).pk)
        assert "/notes/" not in main_of(page)
        assert pages.post("vendor2", "config-request-notes", pending.pk).status_code == 404
        refused = pages.post("parent", "config-request-notes", pending.pk, portal="distributor")
        assert refused.status_code == 403
        assert fresh(pending).notes == ""


class TestSince:
    def test_what_the_vendor_changed_meanwhile_is_said_with_what_follows(
        self, cast, pages, pending
    ):
        assert "since this request began" not in main_of(
            pages.get("vendor", "config-request-detail", pending.pk)
        )
        add_parameter(cast)
        shown = main_of(pages.get("vendor", "config-request-detail", pending.pk))
        assert "Parameter Web site was added (required now, no value yet)." in shown
        assert "An approval would be refused now: Web site has no value." in shown
        template = cast.product.templates.get(scope="tier2")
        refused = pages.post("vendor", "config-request-approve", pending.pk, template=template.pk)
        assert refused.status_code == 422
        assert "Web site has no value yet" in text_of(refused)
        for name in ("distributor", "parent"):
            told = main_of(pages.get(name, "config-request-detail", pending.pk))
            assert "Parameter Web site was added" in told
            assert "An approval would be refused" not in told
        other = main_of(pages.get("vendor", "config-request-detail", setup_of(1).pk))
        assert "since this request began" not in other

    def test_an_open_request_is_judged_by_what_counts_now(self, cast, pages, pending):
        """The new required value is asked of the contact, and then the request is approved."""
        add_parameter(cast)
        pages.post("vendor", "config-request-inquire", pending.pk, message="One more thing")
        values = {"param-tier2_vat": "DE002", "param-site": "https://u.example"}
        sent = pages.post("parent", "config-request-answer", pending.pk, **values)
        assert sent.status_code == 302
        approve(cast, fresh(pending))
        assert fresh(pending).configuration.params["site"] == {"value": "https://u.example"}

    def test_what_was_hidden_from_a_reseller_is_not_told(self, cast, pages, pending):
        add_parameter(cast, hidden=True, required=False, title="Risk class")
        assert "Risk class" in main_of(pages.get("vendor", "config-request-detail", pending.pk))
        assert "Risk class" not in text_of(pages.get("parent", "config-request-detail", pending.pk))

    def test_added_and_removed_again_is_no_news(self, cast, pages, pending):
        made = add_parameter(cast)
        definitions.remove_parameter(made, actor=cast.actor("vendor"))
        assert "since this request began" not in main_of(
            pages.get("vendor", "config-request-detail", pending.pk)
        )

    def test_a_changed_template_counts_from_the_next_approval_on(self, cast, pages):
        tier1, _tier2 = configure(cast)
        before = tier1.template_text
        made = configs.request_change(
            tier1, actor=cast.actor("distributor"), values={"tier1_vat": "DE9"}
        )
        template = cast.product.templates.get(scope="tier1")
        templates.edit_template(
            template, actor=cast.actor("vendor"), name="Renamed", body="New {{ tier1_vat }}"
        )
        shown = main_of(pages.get("vendor", "config-request-detail", made.pk))
        assert "Template Renamed was changed (body, name)" in shown
        tier1.refresh_from_db(fields=["template_text"])
        assert tier1.template_text == before
        approve(cast, made)
        tier1.refresh_from_db(fields=["template_text"])
        assert tier1.template_text == "New DE9"
        assert "since this request began" not in main_of(
            pages.get("vendor", "config-request-detail", made.pk)
        )
        template.refresh_from_db()
        assert fresh(made).template_text == "New DE9"


def test_the_details_name_the_requests_before_and_after(cast, pages):
    tier1, _tier2 = configure(cast)
    first = tier1.requests.get()
    made = configs.request_change(tier1, actor=cast.actor("reseller"), values={"tier1_vat": "DE9"})
    shown = main_of(pages.get("vendor", "config-request-detail", made.pk, "details"))
    assert f"/config-requests/{first.pk}/" in shown
    assert "Previously approved" in shown
    back = main_of(pages.get("vendor", "config-request-detail", first.pk, "details"))
    assert f"/config-requests/{made.pk}/" in back


class TestComplaints:
    def test_what_is_wrong_is_noted_before_it_is_asked(self, cast, pages, pending):
        noted = {"mark-tier2_vat": "No such number."}
        pages.post("vendor", "config-request-update", pending.pk, **noted)
        assert fresh(pending).params["tier2_vat"] == {
            "value": "DE002",
            "value_error": "No such number.",
        }
        said = {
            member: "No such number."
            in main_of(pages.get(member, "config-request-detail", pending.pk))
            for member in ("vendor", "distributor", "parent")
        }
        assert said == {"vendor": True, "distributor": False, "parent": False}
        page = pages.get("vendor", "config-request-inquire", pending.pk)
        assert 'value="No such number."' in main_of(page)
        sent = pages.post("vendor", "config-request-inquire", pending.pk, **noted)
        assert sent.status_code == 302
        assert "No such number." in main_of(
            pages.get("parent", "config-request-answer", pending.pk)
        )

    def test_what_was_noted_is_taken_away_again_or_ends_with_the_approval(
        self, cast, pages, pending
    ):
        pages.post("vendor", "config-request-update", pending.pk, **{"mark-tier2_vat": "Old."})
        pages.post("vendor", "config-request-update", pending.pk, **{"mark-tier2_vat": ""})
        assert fresh(pending).params["tier2_vat"] == {"value": "DE002"}
        unsaid = pages.post("vendor", "config-request-inquire", pending.pk)
        assert "Mark at least one parameter" in text_of(unsaid)
        pages.post("vendor", "config-request-update", pending.pk, **{"mark-tier2_vat": "Again."})
        approve(cast, fresh(pending))
        done = fresh(pending)
        assert done.params == done.configuration.params == {"tier2_vat": {"value": "DE002"}}

    def test_an_update_keeps_its_values_beside_what_is_noted(self, cast, pages):
        _tier1, tier2 = configure(cast)
        factories.parameter(cast.product, "tier2", "city")
        update = configs.request_change(
            tier2, actor=cast.actor("distributor"), values={"city": "Kiel"}
        )
        for text in ("Wrong.", ""):
            data = {"mark-tier2_vat": text}
            pages.post("vendor", "config-request-update", update.pk, **data)
        assert fresh(update).params == {"city": {"value": "Kiel"}}
