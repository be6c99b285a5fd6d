"""How parameters count for one request: rules between them, and what the vendor says for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict

from customers.actors import Actor
from customers.lifecycle import StaleState
from resellerportal.parameters.forms import ParameterForm
from resellerportal.parameters.rules import Rules
from tests import factories
from tests.factories import steps
from tierconfig import judging, parameters
from tierconfig.models import Parameter, TierConfigRequest
from tierconfig.presentation import possible, presented
from tierconfig.services import configs, processing
from tierconfig.services import requests as setups

State = TierConfigRequest.State
KINDS = {"choices": [{"value": "company", "label": "Company"}, {"value": "person", "label": "P"}]}


def definition(name: str, kind: str = "text", *, rule: Any = None, **fields: Any) -> Parameter:
    constraints = {**fields.pop("constraints", {}), **({"dependency": rule} if rule else {})}
    return Parameter(
        name=name,
        type=kind,
        title=name.capitalize(),
        scope="tier1",
        constraints=constraints,
        **fields,
    )


def when(value: str, **effects: bool) -> dict[str, Any]:
    return {"parameter": "kind", "values": [value], **effects}


KIND = definition("kind", "dropdown", constraints=KINDS)
VAT = definition("vat", hidden=True, rule=when("company", hidden=False, required=True))
BIRTH = definition("birth", required=True, rule=when("company", hidden=True))
OFFICE = definition("office", rule={"parameter": "vat", "values": ["DE1"], "required": True})
OWN = [KIND, VAT, BIRTH, OFFICE]
COMPANY, PERSON = {"kind": {"value": "company"}}, {"kind": {"value": "person"}}


def names(rows: Any) -> list[str]:
    return [each.name for each in rows]


def lacking(values: Any, own: Any = OWN, presentation: Any = None) -> list[str]:
    now = presented(own, values, presentation)
    return names(parameters.missing(now, values, visible_ordering_only=True))


def test_a_value_shows_hides_and_requires_others():
    assert lacking({}) == ["birth"]
    assert lacking(COMPANY) == ["vat"]
    assert lacking(COMPANY | {"vat": {"value": "DE1"}}) == ["office"]
    assert lacking(PERSON | {"birth": {"value": "1.1.90"}}) == []


def test_what_a_rule_hides_is_not_missing_for_the_approval_either():
    now = presented(OWN, PERSON | {"birth": {"value": "x"}})
    assert (
        names(parameters.missing(now, {"birth": {"value": "x"}}, visible_ordering_only=False)) == []
    )


def test_any_ticked_box_decides():
    boxes = definition("kind", "checkbox", constraints=KINDS)
    ticked = {"value": "", "structured_value": {"company": True, "person": False}}
    assert lacking({"kind": ticked}, [boxes, VAT]) == ["vat"]
    unticked = {"structured_value": {"company": False, "person": True}}
    assert lacking({"kind": unticked}, [boxes, VAT]) == []


def test_the_vendors_word_for_the_request_wins():
    assert lacking(COMPANY, presentation={"vat": {"required": False}}) == []
    assert lacking(COMPANY, presentation={"vat": {"hidden": True}}) == []
    assert lacking({}, presentation={"office": {"required": True}}) == ["birth", "office"]
    assert lacking({}, presentation={"birth": {"readonly": True}}) == []


def test_choices_may_be_others_for_one_request():
    other = {"kind": {"choices": [{"value": "club", "label": "Club"}]}}
    judged = judging.judge(OWN, {}, {"kind": "club"}, other)
    assert judged.values == {"kind": {"value": "club"}}
    with pytest.raises(ValidationError):
        judging.judge(OWN, {}, {"kind": "company"}, other)


def test_a_form_has_what_may_come_into_view():
    assert names(each for each in possible(OWN, {}) if not each.hidden) == names(OWN)
    kept_out = possible(OWN, {}, {"vat": {"hidden": True}})
    assert [each.hidden for each in kept_out if each.name == "vat"] == [True]


def test_what_is_sent_is_judged_together_and_what_does_not_count_is_dropped():
    judged = judging.judge(OWN, {}, {"kind": "person", "vat": "DE1", "birth": "1.1.90"})
    assert set(judged.values) == {"kind", "birth"}
    assert judged.lacking(visible_ordering_only=True) == []
    company = judging.judge(OWN, {}, {"kind": "company", "vat": "DE1", "birth": "1.1.90"})
    assert set(company.values) == {"kind", "vat"}
    assert names(company.lacking(visible_ordering_only=True)) == ["office"]


def test_what_hangs_on_a_dropped_value_is_dropped_with_it():
    leaf = definition(
        "leaf", hidden=True, rule={"parameter": "vat", "values": ["DE1"], "hidden": False}
    )
    sent = {"kind": "person", "vat": "DE1", "leaf": "x"}
    assert set(judging.judge([KIND, VAT, leaf], {}, sent).values) == {"kind"}


def test_rules_in_a_circle_come_to_an_end():
    one = definition("one", rule={"parameter": "two", "values": ["x"], "hidden": True})
    two = definition("two", rule={"parameter": "one", "values": ["x"], "hidden": True})
    assert judging.judge([one, two], {}, {"one": "x", "two": "x"}).values == {}


def test_a_readonly_value_is_refused_from_the_buying_side_and_taken_from_the_vendor():
    own = [definition("code", constraints={"readonly": True})]
    with pytest.raises(ValidationError) as refused:
        judging.judge(own, {}, {"code": "x"})
    assert refused.value.error_dict["code"][0].code == "readonly"
    assert judging.judge(own, {}, {"code": "x"}, vendor=True).values == {"code": {"value": "x"}}


# ---- forms ----


def form(own: Any, data: dict[str, str] | None = None, known: Any = None) -> ParameterForm:
    rules = Rules(own, known or {})
    body = QueryDict(mutable=True)
    body.update({f"param-{name}": text for name, text in (data or {}).items()})
    made = ParameterForm(
        *([body] if data is not None else []), actor=Actor.contact("a@b.example", "TCR-1")
    )
    offered = parameters.askable(rules.possible, known or {})
    made.add_parameters(offered, known or {}, rules=rules)
    return made


def test_a_form_says_when_a_value_counts():
    made = form(OWN)
    assert "Only if Kind is Company; required then." in made.fields["param-vat"].help_text
    assert "Not if Kind is Company." in made.fields["param-birth"].help_text
    assert "Required if Vat is DE1." in made.fields["param-office"].help_text
    assert "parameters.js" in str(made.media)
    assert "parameters.js" not in str(form([KIND]).media)


def test_a_form_forgets_what_does_not_count_even_when_it_is_wrong():
    mail = definition("mail", "email", rule=when("company", hidden=True))
    made = form([KIND, mail], {"kind": "company", "mail": "nonsense"})
    assert made.is_valid()
    assert made.cleaned_data["values"] == {"kind": "company"}
    assert not form([KIND, mail], {"kind": "person", "mail": "nonsense"}).is_valid()


def test_a_form_does_not_show_what_nothing_in_it_can_bring_into_view():
    assert list(form([VAT]).fields) == []
    assert list(form([KIND, VAT]).fields) == ["param-kind", "param-vat"]


def test_a_readonly_value_is_shown_and_cannot_be_typed():
    code = definition("code", constraints={"readonly": True}, required=True)
    made = form([code], {"code": "mine"}, {"code": {"value": "theirs"}})
    assert made.fields["param-code"].disabled
    assert made.is_valid()
    assert made.cleaned_data["values"] == {}
    assert list(form([code]).fields) == []


# ---- services ----


@pytest.fixture
def kinds(cast):
    """Tier 1 asks for the kind of company; companies need a VAT number."""
    product = cast.product
    product.authorization_level = 1
    product.save()
    factories.parameter(product, "tier1", "kind", type="dropdown", required=True, constraints=KINDS)
    factories.parameter(
        product,
        "tier1",
        "vat",
        hidden=True,
        constraints={"dependency": VAT.constraints["dependency"]},
    )
    product.parameters.filter(name="tier1_vat").delete()
    return cast


def test_an_order_asks_for_what_its_values_require(kinds):
    kinds.order(values={"tier1": {"kind": "company"}})
    request = steps.setup(1)
    assert request.state == State.INQUIRING
    with pytest.raises(ValidationError) as refused:
        steps.answer(request, kind="company")
    assert set(refused.value.message_dict) == {"vat"}
    assert steps.answer(request, kind="company", vat="DE1").state == State.PENDING


def test_an_order_with_all_that_counts_is_not_asked_and_drops_the_rest(kinds):
    kinds.order(values={"tier1": {"kind": "person", "vat": "DE1"}})
    request = steps.setup(1)
    assert (request.state, request.params) == (State.PENDING, {"kind": {"value": "person"}})
    assert steps.approve(request, kinds.actor("vendor")).state == State.APPROVED


def test_a_change_that_requires_another_value_is_asked_for_it(kinds):
    kinds.order(values={"tier1": {"kind": "person"}})
    steps.approve(steps.setup(1), kinds.actor("vendor"))
    config, reseller = steps.config(1), kinds.actor("reseller")
    request = configs.request_change(config, actor=reseller, values={"kind": "company"})
    assert request.state == State.INQUIRING
    with pytest.raises(ValidationError) as refused:
        steps.approve(
            processing.pend_request(request, actor=kinds.actor("vendor")), kinds.actor("vendor")
        )
    assert set(refused.value.message_dict) == {"vat"}


def test_the_vendor_hides_requires_and_offers_other_choices_for_one_request(kinds):
    kinds.order()
    request = setups.update_request(
        steps.setup(1),
        actor=kinds.actor("vendor"),
        presentation={
            "kind": {"choices": [{"value": "club", "label": "Club"}]},
            "vat": {"hidden": False, "required": True},
        },
    )
    with pytest.raises(ValidationError) as refused:
        steps.answer(request, kind="club")
    assert set(refused.value.message_dict) == {"vat"}
    answered = steps.answer(request, kind="club", vat="DE1")
    assert steps.approve(answered, kinds.actor("vendor")).state == State.APPROVED


@pytest.mark.parametrize(
    "presentation",
    [
        {"nothing": {"hidden": True}},
        {"kind": {"hidden": "yes"}},
        {"kind": {"colour": True}},
        {"vat": {"choices": [{"value": "a"}]}},
        {"kind": {"choices": [{"value": ""}]}},
        {"kind": {"choices": [{"value": "a"}, {"value": "a"}]}},
        {"kind": {"choices": "a"}},
    ],
)
def test_nonsense_about_a_parameter_is_refused_at_its_name(kinds, presentation):
    kinds.order()
    with pytest.raises(ValidationError) as refused:
        setups.update_request(
            steps.setup(1), actor=kinds.actor("vendor"), presentation=presentation
        )
    assert set(refused.value.message_dict) == set(presentation)


def test_notes_are_written_while_a_request_is_pending_by_distributors_too(kinds):
    kinds.order(values={"tier1": {"kind": "person"}})
    distributor, vendor = kinds.actor("distributor"), kinds.actor("vendor")
    request = setups.update_request(steps.setup(1), actor=distributor, notes="Call first.")
    assert request.notes == "Call first."
    for actor, more in ((distributor, {"presentation": {}}), (kinds.actor("reseller"), {})):
        with pytest.raises(PermissionDenied):
            setups.update_request(request, actor=actor, notes="x", **more)
    with pytest.raises(ValidationError):
        setups.update_request(request, actor=vendor, notes="x" * 2001)
    asked = setups.inquire_request(request, actor=vendor, errors={}, message="Which?")
    with pytest.raises(StaleState):
        setups.update_request(asked, actor=vendor, notes="Later.")


def test_an_adjustment_is_the_vendors_and_applied_at_once(kinds):
    kinds.order(values={"tier1": {"kind": "person"}})
    vendor = kinds.actor("vendor")
    approved = steps.approve(steps.setup(1), vendor)
    config = steps.config(1)
    for who in ("distributor", "reseller", "vendor2"):
        with pytest.raises(PermissionDenied):
            configs.adjust_config(config, actor=kinds.actor(who), values={"kind": "company"})
    request = configs.save_and_apply(
        config,
        actor=vendor,
        values={"kind": "company", "vat": "DE1"},
        template=approved.template,
        revision=config.revision,
    )
    assert (request.type, request.state, request.assignee) == (
        "adjustment",
        "approved",
        vendor.user,
    )
    now = steps.config(1)
    assert (now.state, now.params["vat"]) == ("active", {"value": "DE1"})


def test_an_adjustment_without_what_approval_needs_leaves_nothing_behind(kinds):
    kinds.order(values={"tier1": {"kind": "person"}})
    vendor = kinds.actor("vendor")
    steps.approve(steps.setup(1), vendor)
    with pytest.raises(ValidationError):
        configs.save_and_apply(
            steps.config(1), actor=vendor, values={"kind": "company", "vat": "DE1"}, template=None
        )
    assert (steps.config(1).state, TierConfigRequest.objects.count()) == ("active", 1)
