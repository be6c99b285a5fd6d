"""The forms of allauth in the words of the portal."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.utils.translation import gettext_lazy as _


class Worded:
    """Labels of ours, and none of the placeholders that repeat them."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(Worded, account.LoginForm):  # type: ignore[misc]
    labels = {"login": _("E-mail")}


class ResetForm(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("E-mail")}


class NewPasswordForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = {"password1": _("New password"), "password2": _("New password, once more")}


class FirstPasswordForm(Worded, account.SetPasswordForm):  # type: ignore[misc]
    labels = {"password1": _("Password"), "password2": _("Password, once more")}


class PasswordForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    labels = {"oldpassword": _("Current password"), **NewPasswordForm.labels}


class AgainForm(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class CodeForm(Worded, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class CodeAgainForm(Worded, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class SetUpCodeForm(Worded, ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("Code that the app shows")}
