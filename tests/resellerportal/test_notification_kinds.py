"""Every step of every machine is told under a kind, or told to nobody on purpose."""

import pytest
from django.apps import apps
from django_fsm import FSMFieldMixin

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.models import Event
from resellerportal.notifications import event_types, kinds
from resellerportal.sentences import SENTENCES

#: Steps of machines that no member is told of as such: the side that has to act hears otherwise.
UNTOLD = {
    # The technical contact is asked, or nobody yet.
    *("tierconfigrequest.ask", "tierconfigrequest.inquire", "tierconfigrequest.submit_and_ask"),
    *("fulfillmentrequest.ask", "fulfillmentrequest.inquire", "fulfillmentrequest.submit_and_ask"),
    *("tierconfigrequest.submit_and_park", "fulfillmentrequest.submit_and_park"),
    # They follow a request, which is told.
    *("tierconfig.process", "tierconfig.activate"),
    *("subscription.process", "subscription.activate", "subscription.suspend"),
    *("subscription.begin_termination", "subscription.terminate"),
}
#: Named verbs that are no steps: the state stays.
BY_TIME = {"fulfillmentrequest.due"}
#: Steps without a public name.
UNNAMED = {"tierconfig.process"}
DOMAIN = ("customers", "tierconfig", "fulfillment")


def steps():
    """(verb, target state) of every step of a machine about customers' objects."""
    found = set()
    for model in (model for label in DOMAIN for model in apps.get_app_config(label).get_models()):
        for field in model._meta.get_fields():
            if isinstance(field, FSMFieldMixin) and model._meta.model_name in event_types.NOUNS:
                for each in field.get_all_transitions(model):
                    found.add((f"{model._meta.model_name}.{each.name}", each.target))
    return sorted(found)


@pytest.mark.parametrize(("verb", "target"), steps())
def test_every_step_is_told_to_somebody_or_left_out_by_name(verb, target):
    event = Event(verb=verb, object_type=verb.partition(".")[0], to_state=target)
    key = kinds.kind_of(event)
    assert (key == "") == (verb in UNTOLD), key
    assert key == "" or key in kinds.BY_KEY
    assert (event_types.type_of(event) == "") == (verb in UNNAMED)


def test_public_names_belong_to_verbs_that_are_recorded_and_have_words():
    known = {*SENTENCES, *(verb for verb, _target in steps()), *BY_TIME}
    assert set(event_types.TYPES) <= known
    words = {name.partition(".")[2] for name in event_types.event_types()}
    assert words == set(event_types.WORDS)


def test_kinds_fit_their_column_and_every_role_has_some():
    assert max(len(kind.key) for kind in kinds.KINDS) <= 32
    for role in (VENDOR, DISTRIBUTOR, RESELLER):
        own = [kind.key for kind in kinds.kinds_of(role)]
        assert {"mention", "watched", "webhook-stopped", "key-expiring"} <= set(own)
        agents = [kind.key for kind in kinds.kinds_of(role, administrator=False)]
        assert not {"webhook-stopped", "key-expiring"} & set(agents)
    assert "order-decide" not in [kind.key for kind in kinds.kinds_of(RESELLER)]


@pytest.mark.parametrize("about", ["tierconfigrequest", "fulfillmentrequest"])
def test_decisions_told_together_are_told_as_what_they_are_about(about):
    alone = Event(verb=f"{about}.approve", object_type=about, to_state="approved")
    together = Event(verb="partner.decisions", object_type="partner", data={"about": about})
    assert kinds.kind_of(together) == kinds.kind_of(alone)
    released = Event(verb=f"{about}.release", object_type=about, to_state="pending")
    together.data["step"] = "release"
    assert kinds.kind_of(together) == kinds.kind_of(released)
