"""Request ids count on within their configuration, whatever is missing in between."""

from tierconfig.models import TierConfigRequest
from tierconfig.services import configs, requests


def test_the_next_request_follows_the_highest_number(cast):
    cast.order()
    setup = TierConfigRequest.objects.get(configuration__tier_level=2)
    setup = requests.answer_request(
        setup, actor=cast.actor("parent"), values={"tier2_vat": "DE811907980"}
    )
    approved = requests.approve_request(
        setup, actor=cast.actor("vendor"), template=cast.product.templates.get(scope="tier2")
    )
    TierConfigRequest.objects.filter(pk=approved.pk).update(id=f"{approved.pk[:-3]}004")
    config = approved.configuration
    change = configs.request_change(
        config, actor=cast.actor("parent"), values={"tier2_vat": "DE136695976"}
    )
    assert change.pk == f"{approved.pk[:-3]}005"
