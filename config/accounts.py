"""How allauth behaves here."""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.sealing import Sealed, Unreadable

logger = logging.getLogger(__name__)


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up from outside; an administrator makes accounts."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "too_many_login_attempts": _("Too many attempts to sign in. Wait some minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class UnreadableFactor(ValidationError, Unreadable):
    """For the form that asks for a code; pages that show codes end in UnreadableMiddleware."""


class SealedMfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors are stored sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong, or has been replaced by the next one."),
    }

    def encrypt(self, text: str) -> str:
        return Sealed.of(text).token

    def decrypt(self, encrypted_text: str) -> str:
        """Raises UnreadableFactor."""
        try:
            return Sealed(encrypted_text).open()
        except Unreadable as error:
            logger.error("a second factor cannot be opened: %s", error)
            text = _(
                "Your second factor cannot be checked: the server's keys were changed. Its "
                "operator can put the earlier key back into SEALING_KEYS, or remove the factor."
            )
            raise UnreadableFactor(text, code="unreadable") from None
