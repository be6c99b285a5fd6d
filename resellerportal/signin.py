"""How users sign in, and what is read of them in each request."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from customers.models import Membership


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]
    """Every page asks who its reader is and for whom they act: one statement tells both."""

    def get_user(self, user_id: Any) -> Any:
        own = list(usable(user_id).select_related("user"))
        user: Any = own[0].user if own else super().get_user(user_id)
        if user is not None:
            for row in own:
                row.user = user
            user.usable_memberships = own
        return user


def usable(user_id: Any) -> Any:
    """The memberships by which a user may act now, by the partner's name."""
    rows = Membership.objects.usable().filter(user=user_id)
    return rows.select_related("partner").order_by("partner__name")
