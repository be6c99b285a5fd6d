"""What surrounds an inquiry: unsent answers, questions passed on to colleagues, taken values.

The requests are named by id, because configuration requests and orders share all of this.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .parameters import Parameter


class AnswerDraft(models.Model):
    """What was typed into the form of a request's present inquiry and is not sent yet.

    One for each request, whoever of the buying side types: the technical contact, a colleague
    asked for single values, the reseller or the distributor in the portal. `values` are raw, by
    parameter name, never passwords; `given` says by whom each was given:
    {name: {by, through, at}}. It ends with the inquiry.
    """

    request = models.CharField(_("request"), max_length=24, primary_key=True)
    inquiry = models.PositiveIntegerField(_("inquiry"))
    values = models.JSONField(_("values"), default=dict)
    given = models.JSONField(_("given by"), default=dict)
    saved_by = models.CharField(_("saved by"), max_length=254)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta:
        verbose_name = _("unsent answer")
        verbose_name_plural = _("unsent answers")

    def __str__(self) -> str:
        return self.request


class Delegation(models.Model):
    """Single parameters of an inquiry, passed on to a colleague by a link of their own.

    The link dies with the inquiry, with its answer, or when it is taken back. What the colleague
    sends is put into the AnswerDraft; the whole answer is sent by whoever was asked.
    """

    request = models.CharField(_("request"), max_length=24)
    inquiry = models.PositiveIntegerField(_("inquiry"))
    email = models.EmailField(_("colleague"), max_length=254)
    parameters = models.JSONField(_("parameters"))
    message = models.CharField(_("message"), max_length=500, blank=True)
    asked_by = models.CharField(_("asked by"), max_length=254)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True)
    ended_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("question passed on")
        verbose_name_plural = _("questions passed on")
        indexes = [models.Index(fields=["request", "inquiry"], name="delegation_of_inquiry")]

    def __str__(self) -> str:
        return f"{self.request} to {self.email}"


class UniqueValue(models.Model):
    """A value of a parameter that must not repeat within its product, and who has it.

    `key` is the SHA-256 of the value as compared, `holder` the configuration or subscription
    whose values in force or open request hold it. The constraint decides races.
    """

    parameter = models.ForeignKey(Parameter, models.CASCADE, related_name="unique_values")
    key = models.CharField(max_length=64)
    holder = models.CharField(_("holder"), max_length=20)

    class Meta:
        verbose_name = _("unique value")
        verbose_name_plural = _("unique values")
        constraints = [
            models.UniqueConstraint(fields=["parameter", "key"], name="unique_value_once")
        ]
        indexes = [models.Index(fields=["holder"], name="unique_value_of_holder")]

    def __str__(self) -> str:
        return f"{self.parameter_id} of {self.holder}"


class ServiceLevel(models.Model):
    """How long a vendor's requests should stay in a state: after `late` days yellow, after
    `overdue` days red (domain 2.19: zones 0, 1 and 2).

    States without a row have the levels of settings.SERVICE_LEVELS.
    """

    class Entity(models.TextChoices):
        CONFIG_REQUEST = "tier_config_request", _("Tier configuration requests")
        ORDER = "subscription_request", _("Orders")

    partner = models.ForeignKey("customers.Partner", models.CASCADE, related_name="service_levels")
    entity = models.CharField(_("requests"), max_length=24, choices=Entity.choices)
    state = models.CharField(_("state"), max_length=16)
    late = models.PositiveSmallIntegerField(_("late after days"))
    overdue = models.PositiveSmallIntegerField(_("overdue after days"))
    #: None: requests are never ended by time alone.
    terminate = models.PositiveSmallIntegerField(_("ended after days"), null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "entity", "state"], name="service_level_once"
            ),
            models.CheckConstraint(
                condition=models.Q(overdue__gte=models.F("late")), name="service_level_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(terminate=None)
                | models.Q(terminate__gte=models.F("overdue")) & models.Q(terminate__gte=1),
                name="service_level_ends_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.entity} {self.state}"
