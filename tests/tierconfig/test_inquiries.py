"""The code in the mailed link."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tierconfig import inquiries
from tierconfig.models import TierConfigRequest


@pytest.fixture
def request_():
    request = TierConfigRequest(pk="TCR-000-000-001-001")
    inquiries.begin(request, "jens@nordlicht.example")
    return request


def test_a_code_is_22_url_safe_characters(request_):
    assert len(inquiries.code(request_)) == 22
    assert set(inquiries.code(request_)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


def test_a_code_is_bound_to_request_number_addressee_and_key(request_, settings):
    codes = {inquiries.code(request_)}
    request_.inquiry_number = 2
    codes.add(inquiries.code(request_))
    request_.inquiry_email = "sven@nordlicht.example"
    codes.add(inquiries.code(request_))
    request_.pk = "TCR-000-000-001-002"
    codes.add(inquiries.code(request_))
    settings.INQUIRY_KEY = "another-key-0123456789-abcdefghijklmnop"
    codes.add(inquiries.code(request_))
    assert len(codes) == 5


def test_parts_cannot_be_shifted_into_each_other():
    first = TierConfigRequest(pk="TCR-1", inquiry_number=12, inquiry_email="a@b.example")
    second = TierConfigRequest(pk="TCR-1", inquiry_number=1, inquiry_email="2|a@b.example")
    assert inquiries.code(first) != inquiries.code(second)


@pytest.mark.parametrize("given", ["", "x", "é" * 22, "\ud800", "\x00" * 22, "A" * 10_000])
def test_wrong_codes_match_nothing_and_raise_nothing(request_, given):
    assert not inquiries.matches(request_, given)
    assert inquiries.matching_number(request_, given) == 0


def test_a_new_inquiry_kills_older_links_but_knows_them(request_):
    old = inquiries.code(request_)
    assert inquiries.matches(request_, old)
    inquiries.begin(request_, request_.inquiry_email)
    assert not inquiries.matches(request_, old)
    assert inquiries.matching_number(request_, old) == 1
    assert inquiries.matching_number(request_, inquiries.code(request_)) == 2
    assert request_.inquiry_number == 2


def test_a_link_expires_after_thirty_days(request_):
    assert not inquiries.expired(request_)
    request_.inquiry_sent_at = timezone.now() - timedelta(days=30, seconds=1)
    assert inquiries.expired(request_)
    assert inquiries.expired(TierConfigRequest(pk="TCR-1"))
