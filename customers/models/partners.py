"""Partners and the people who act for them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import actors, identifiers
from .base import Stamped


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(
            id=fields.pop("id", None) or identifiers.new_id("UR"),
            email=email.strip().lower(),
            **fields,
        )
        user.set_password(password)
        user.save(force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail; what they may do hangs on their memberships."""

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=128)
    is_staff = models.BooleanField(
        _("administrator"), default=False, help_text=_("May open the administration.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        help_text=_("A name such as Europe/Berlin; empty: the one of this installation."),
    )
    single_keys = models.BooleanField(_("single-letter keys act"), default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.pk:
            self.pk = identifiers.new_id("UR")
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, actor: actors.Actor | None) -> PartnerQuerySet:
        """Partners are named to each other only through objects; directly one sees oneself."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.partner is not None:
            return self.filter(pk=actor.partner.pk)
        return self.none()


class Partner(Stamped):
    """A company that signs in to the portal."""

    class Role(models.TextChoices):
        VENDOR = actors.VENDOR, _("Vendor")
        DISTRIBUTOR = actors.DISTRIBUTOR, _("Distributor")
        RESELLER = actors.RESELLER, _("Reseller")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=64)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    external_id = models.CharField(_("external ID"), max_length=100, blank=True)
    tells_known = models.BooleanField(
        _("tells resellers of known companies"),
        default=False,
        help_text=_(
            "A reseller who enters a company that this distributor has elsewhere in its forest "
            "is told that it is already known, and nothing else."
        ),
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["vendor", "distributor", "reseller"]),
                name="partner_role_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def prefix(cls, role: str) -> str:
        """Vendors are VA-, everybody else is a provider, PA-."""
        return "VA" if role == actors.VENDOR else "PA"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, actor: actors.Actor | None) -> MembershipQuerySet:
        """Those of the acting partner; only its administrators see the ones that do not count."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.partner is None:
            return self.none()
        own = self.filter(partner=actor.partner)
        return own if actor.level == actors.ADMINISTRATOR else own.usable()

    def usable(self) -> MembershipQuerySet:
        """Memberships that count now: active ones of active users."""
        return self.filter(active=True, user__is_active=True)


class Membership(models.Model):
    """A user's right to act for a partner."""

    class Level(models.TextChoices):
        VIEWER = actors.VIEWER, _("Viewer")
        AGENT = actors.AGENT, _("Agent")
        ADMINISTRATOR = actors.ADMINISTRATOR, _("Administrator")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="memberships")
    level = models.CharField(_("level"), max_length=16, choices=Level.choices, default=Level.AGENT)
    active = models.BooleanField(_("active"), default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "partner"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(level__in=["viewer", "agent", "administrator"]),
                name="membership_level_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.partner}"
