"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up from outside; an administrator makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
