"""One page sent twice at the same moment, as a double click does it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.races.threads import together
from tests.resellerportal.config_pages import BACKEND
from tierconfig.models import Template

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def twice(cast):
    """Sends a page two times at once, after it was shown once; the answers."""

    def send(path, **data):
        vendor = Client()
        vendor.force_login(cast.users["vendor"], backend=BACKEND)
        page = vendor.get(path).content.decode()
        data["token"] = re.search(r'name="token" value="([^"]+)"', page)[1]

        def post():
            again = Client()
            again.cookies = vendor.cookies
            return again.post(path, data)

        return together([post, post])

    return send


def test_two_sendings_of_one_new_template_make_one(cast, twice):
    before = Template.objects.count()
    path = reverse("vendor:product-template-add", args=[cast.product.pk])
    one, other = twice(path, kind="tier1:", name="Welcome", body="Hello")
    assert one.status_code == other.status_code == 302
    assert one["Location"] == other["Location"]
    assert Template.objects.count() == before + 1


def test_what_was_refused_is_refused_twice_and_can_be_sent_again(cast, twice):
    before = Template.objects.count()
    path = reverse("vendor:product-template-add", args=[cast.product.pk])
    answers = twice(path, kind="tier1:", name="", body="Hello")
    assert [each.status_code for each in answers] == [422, 422]
    assert Template.objects.count() == before
