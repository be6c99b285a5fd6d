"""Keys of the API: who keeps them, what they open, and when they no longer do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from customers.models import ApiCall, Event, IdempotentAnswer, Membership, ServiceUser
from customers.service_rights import EVERYTHING, READ_ONLY
from customers.services import api_calls
from customers.services import service_users as services

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(cast) -> tuple[ServiceUser, str]:
    return services.create_service_user(
        actor=cast.actor("vendor", "administrator"), name="Connector", rights=EVERYTHING
    )


def opened(key: ServiceUser, secret: str) -> ServiceUser | None:
    return services.authenticate(services.header_of(key, secret))


def test_a_secret_opens_once_made_and_is_nowhere_to_be_read(
    cast, made, django_assert_num_queries
) -> None:
    key, secret = made
    assert len(secret) >= 43
    with django_assert_num_queries(1):
        found = services.authenticate(f"apikey  {key.pk}:{secret}")
        assert found is not None
        assert (found.partner.pk, found.owner.pk) == (key.partner_id, key.owner_id)
    stored = [str(value) for value in ServiceUser.objects.filter(pk=key.pk).values_list()[0]]
    told = str(list(Event.objects.filter(object_id=key.pk).values()))
    assert not [text for text in (*stored, told) if secret in text]
    assert key.secret_hint == secret[-4:]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "ApiKey",
        "ApiKey {id}",
        "ApiKey {id}:",
        "ApiKey {id}:wrong",
        "ApiKey {id}:{secret}x",
        "ApiKey {id}:\0",
        "ApiKey SU-000-000-000:{secret}",
        "Bearer {id}:{secret}",
        "ApiKey {id}:{hash}",
        "ApiKey {id}: {secret}",
        "ApiKey {id}:" + "a" * 5_000,
    ],
)
def test_nothing_else_opens(made, header: str) -> None:
    key, secret = made
    asked = header.replace("{id}", key.pk).replace("{secret}", secret)
    assert services.authenticate(asked.replace("{hash}", key.secret_hash)) is None


def _expired(key: ServiceUser) -> None:
    ServiceUser.objects.filter(pk=key.pk).update(expires_at=timezone.now())


def _inactive(key: ServiceUser) -> None:
    ServiceUser.objects.filter(pk=key.pk).update(active=False)


def _owner_off(key: ServiceUser) -> None:
    key.owner.is_active = False
    key.owner.save()


def _membership_off(key: ServiceUser) -> None:
    Membership.objects.filter(user=key.owner, partner=key.partner).update(active=False)


def _membership_gone(key: ServiceUser) -> None:
    Membership.objects.filter(user=key.owner, partner=key.partner).delete()


@pytest.mark.parametrize(
    "end", [_expired, _inactive, _owner_off, _membership_off, _membership_gone]
)
def test_a_key_dies_with_its_day_its_switch_and_its_owner(made, end: Any) -> None:
    key, secret = made
    assert opened(key, secret)
    end(key)
    assert opened(key, secret) is None


def test_it_acts_as_its_owner_does_at_this_moment_and_under_its_own_name(cast, made) -> None:
    key, secret = made
    Membership.objects.filter(user=key.owner, partner=key.partner).update(level="agent")
    found = opened(key, secret)
    assert found is not None
    actor = services.actor_of(found, "products", write=True)
    assert (actor.role, actor.level, actor.key) == ("vendor", "agent", key.pk)
    assert (actor.user, actor.partner_id, str(actor)) == (key.owner, key.partner_id, "Connector")
    found.rights = READ_ONLY
    assert services.actor_of(found, "products", write=False).level == "viewer"
    with pytest.raises(PermissionDenied):
        services.actor_of(found, "products", write=True)
    found.rights = {"customers": "write"}
    with pytest.raises(PermissionDenied):
        services.actor_of(found, "products", write=False)


def test_a_new_secret_leaves_the_old_one_a_day_or_no_moment(cast, made) -> None:
    key, first = made
    admin = cast.actor("vendor", "administrator")
    second = services.rotate_secret(key, actor=admin)
    assert [bool(opened(key, each)) for each in (first, second)] == [True, True]
    ServiceUser.objects.filter(pk=key.pk).update(old_secret_until=timezone.now())
    assert not opened(key, first)
    third = services.rotate_secret(key, actor=admin, now_only=True)
    now_open = [bool(opened(key, each)) for each in (first, second, third)]
    assert now_open == [False, False, True]


def test_administrators_of_the_partner_alone_keep_keys(cast, made) -> None:
    key, secret = made
    found = opened(key, secret)
    assert found is not None
    strangers = [
        cast.actor("vendor", "agent"),
        cast.actor("vendor2", "administrator"),
        cast.actor("distributor", "administrator"),
        cast.actor("admin"),
        services.actor_of(found, "account", write=True),
    ]
    for actor in strangers:
        for act, wanted in (
            (services.edit_service_user, {"name": "x", "rights": READ_ONLY}),
            (services.rotate_secret, {}),
            (services.switch_service_user, {"on": False}),
            (services.delete_service_user, {}),
        ):
            with pytest.raises(PermissionDenied):
                act(key, actor=actor, **wanted)
    assert [str(each) for each in ServiceUser.objects.visible_to(strangers[0])] == ["Connector"]
    assert not ServiceUser.objects.visible_to(strangers[1]).exists()
    assert not ServiceUser.objects.visible_to(None).exists()


def test_what_cannot_be_is_refused_by_its_field(cast, made, monkeypatch) -> None:
    admin = cast.actor("vendor", "administrator")
    yesterday = timezone.now() - timedelta(days=1)
    for wrong, field in (
        ({"name": " "}, "name"),
        ({"rights": {}}, "rights"),
        ({"rights": {"customers": ""}}, "rights"),
        ({"rights": {"customers": "own"}}, "rights"),
        ({"rights": {"everything": "read"}}, "rights"),
        ({"expires_at": yesterday}, "expires_at"),
    ):
        fields: dict[str, Any] = {"name": "Other", "rights": READ_ONLY, **wrong}
        with pytest.raises(ValidationError) as refused:
            services.create_service_user(actor=admin, **fields)
        assert list(refused.value.error_dict) == [field]
    monkeypatch.setattr(services, "MOST", 1)
    with pytest.raises(ValidationError, match="which is the most"):
        services.create_service_user(actor=admin, name="Other", rights=READ_ONLY)
    services.switch_service_user(made[0], actor=admin, on=False)
    services.create_service_user(actor=admin, name="Other", rights=READ_ONLY)
    with pytest.raises(ValidationError, match="which is the most"):
        services.switch_service_user(made[0], actor=admin, on=True)


def test_a_used_key_stays_to_be_named_and_an_unused_one_goes(cast, made) -> None:
    key, _secret = made
    admin = cast.actor("vendor", "administrator")
    api_calls.write_calls([_call(key)])
    with pytest.raises(ValidationError, match="Deactivate it"):
        services.delete_service_user(key, actor=admin)
    unused, _secret = services.create_service_user(actor=admin, name="Two", rights=READ_ONLY)
    services.delete_service_user(unused, actor=admin)
    verbs = Event.objects.filter(object_id=unused.pk).order_by("at").values_list("verb", flat=True)
    assert list(verbs) == ["serviceuser.created", "serviceuser.deleted"]


def _call(key: ServiceUser, **fields: Any) -> ApiCall:
    whole = {"at": timezone.now(), "method": "GET", "path": "/", "status": 200, "milliseconds": 1}
    return ApiCall(service_user_id=key.pk, partner_id=key.partner_id, **{**whole, **fields})


def test_calls_are_counted_by_the_minute_and_those_of_deleted_keys_dropped(cast, made) -> None:
    key, _secret = made
    now = timezone.now()
    gone = ServiceUser(pk="SU-000-000-000", partner=key.partner)
    api_calls.write_calls([_call(key, at=now), _call(gone), _call(key, at=now)])
    api_calls.write_calls([_call(key, at=now)])
    noted = ServiceUser.objects.get(pk=key.pk)
    assert (noted.calls_minute, noted.calls) == (api_calls.minute_of(now), 3)
    assert noted.last_used_at == now
    later = now + timedelta(minutes=1)
    api_calls.write_calls([_call(key, at=later)])
    assert ServiceUser.objects.get(pk=key.pk).calls == 1
    assert ApiCall.objects.count() == 4


def test_the_log_and_the_answers_are_kept_for_days_and_so_many(made, monkeypatch) -> None:
    key, _secret = made
    now = timezone.now()
    days = [8, 3, 2, 1]
    api_calls.write_calls([_call(key, at=now - timedelta(days=each)) for each in days])
    for hours in (25, 1):
        at = now - timedelta(hours=hours)
        IdempotentAnswer.objects.create(service_user=key, name=f"{hours} h", created_at=at)
    assert api_calls.prune() == 2
    monkeypatch.setattr(api_calls, "CALLS_OF_PARTNER", 2)
    assert api_calls.prune() == 1
    left = [(now - call.at).days for call in ApiCall.objects.order_by("at")]
    assert left == [2, 1]
    assert [answer.name for answer in IdempotentAnswer.objects.all()] == ["1 h"]
