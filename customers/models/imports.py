"""Imports of accounts: a file, its rows, what became of them, and mappings worth remembering."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from .. import actors
from ..permissions import by_owner, by_system
from .base import Lifecycle
from .jobs import Job
from .partners import Partner, User


class OwnQuerySet(models.QuerySet[Any]):
    #: Path from a row to the partner that imports.
    owner = "partner"

    def visible_to(self, actor: actors.Actor | None) -> OwnQuerySet:
        """Imports of one's own partner; a distributor does not read its resellers' files."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        if actor.partner is not None and actor.role in (actors.DISTRIBUTOR, actors.RESELLER):
            return self.filter(**{self.owner: actor.partner})
        return self.none()


class OwnRowQuerySet(OwnQuerySet):
    owner = "batch__partner"


class ImportBatch(Lifecycle):
    """One imported file of accounts; all of it is applied, or nothing.

    Checking, applying and undoing are jobs: `job` is the latest one, `busy` while it runs. A step
    whose job ended without finishing it can be asked for again. `mapping` names the field of each
    column ("" leaves it out); `options` are those of customers.imports.services.set_mapping.
    `counts` holds the number of rows per outcome. Chosen rows up to line `written` are written:
    all or none, but while a step runs on SQLite.
    """

    lock_rank = 0

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")
        APPLYING = "applying", _("Applying")
        APPLIED = "applied", _("Applied")
        UNDOING = "undoing", _("Undoing")
        UNDONE = "undone", _("Undone")
        DISCARDED = "discarded", _("Discarded")

    id = models.CharField(_("ID"), max_length=20, primary_key=True, editable=False)
    state = FSMField(_("state"), choices=State.choices, default=State.UPLOADED, protected=True)
    provider = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", verbose_name=_("distributor")
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="imports", verbose_name=_("imported by")
    )
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveIntegerField(_("bytes"))
    format = models.CharField(_("format"), max_length=8)
    workbook = models.BooleanField(_("Customers workbook"), default=False)
    encoding = models.CharField(_("encoding"), max_length=16, blank=True)
    delimiter = models.CharField(_("delimiter"), max_length=1, blank=True)
    sheet = models.CharField(_("sheet"), max_length=64, blank=True)
    header = models.JSONField(_("header"), default=list)
    sample = models.JSONField(_("first rows"), default=list)
    mapping = models.JSONField(_("mapping"), default=list)
    options = models.JSONField(_("options"), default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    problem = models.CharField(_("problem"), max_length=1000, blank=True)
    written = models.PositiveIntegerField(_("written up to line"), default=0, editable=False)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("applied"), null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "uploaded",
                        "checking",
                        "checked",
                        "applying",
                        "applied",
                        "undoing",
                        "undone",
                        "discarded",
                    ]
                ),
                name="importbatch_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "undoing", "undone"], decided_at__isnull=False)
                | (~Q(state__in=["applied", "undoing", "undone"]) & Q(decided_at__isnull=True)),
                name="importbatch_decided_has_date",
            ),
        ]
        indexes = [models.Index(fields=["partner", "-created_at"], name="importbatch_of_partner")]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    @property
    def busy(self) -> bool:
        """Whether a job for this import waits or runs."""
        return self.job is not None and not self.job.ended

    @transition(
        state,
        [State.UPLOADED, State.CHECKING, State.CHECKED],
        State.CHECKING,
        permission=by_owner,
        custom={"label": _("Check"), "style": "primary"},
    )
    def start_check(self) -> None:
        self.problem = ""

    @transition(state, State.CHECKING, State.CHECKED, permission=by_system)
    def check_rows(self) -> None:
        self.problem = ""

    @transition(
        state,
        [State.CHECKED, State.APPLYING],
        State.APPLYING,
        permission=by_owner,
        custom={"label": _("Apply"), "style": "primary"},
    )
    def start_apply(self) -> None:
        self.problem = ""

    @transition(state, State.APPLYING, State.APPLIED, permission=by_system)
    def apply(self, *, at: object) -> None:
        self.decided_at = at

    @transition(
        state,
        [State.APPLIED, State.UNDOING],
        State.UNDOING,
        permission=by_owner,
        custom={"label": _("Undo"), "style": "danger"},
    )
    def start_undo(self) -> None:
        self.problem = ""

    @transition(state, State.UNDOING, State.UNDONE, permission=by_system)
    def undo(self) -> None:
        self.problem = ""

    @transition(state, State.CHECKING, State.UPLOADED, permission=by_system)
    @transition(state, State.APPLYING, State.CHECKED, permission=by_system)
    @transition(state, State.UNDOING, State.APPLIED, permission=by_system)
    def fail(self, *, reason: str) -> None:
        self.problem = reason[:1000]

    @transition(
        state,
        [State.UPLOADED, State.CHECKED],
        State.DISCARDED,
        permission=by_owner,
        custom={"label": _("Discard"), "style": "danger"},
    )
    def discard(self) -> None:
        self.problem = ""


class ImportFile(models.Model):
    """The bytes of a file, kept until its import was applied or discarded."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")

    def __str__(self) -> str:
        return self.batch_id


class ImportRow(models.Model):
    """One row of an import: what it says, what it would do, what it did.

    `number` is the line in the file at which the row begins, `cells` its texts in the order of
    the header, `faults` what the file itself has wrong ({column index: sentence}, -1 the row).
    `values` are the checked columns it writes. `errors` is {field: [sentence]}, "" naming the
    row; `warnings` a list of {"code", "text"} with "account" or "line" where one may be named;
    `differences` {column: [before, after]}. The parent is the account `parent` or the row
    `parent_row`; `parent_ref` is how the file names it. `target` is the account met, `made` the
    id that a new one gets; `base_version` and `version` are its versions before and after, once
    the batch is applied and the row was chosen. `undo` is "undone", or the reason why it was not.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Same")
        DUPLICATE = "duplicate", _("Probable duplicate")
        SKIPPED = "skipped", _("Skipped")
        ERROR = "error", _("Error")

    #: Outcomes that write something.
    WRITING = (Outcome.NEW, Outcome.CHANGED, Outcome.DUPLICATE)

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("line"))
    cells = models.JSONField(_("cells"), default=list)
    faults = models.JSONField(_("faults"), default=dict)
    fixed = models.BooleanField(_("fixed here"), default=False)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices)
    chosen = models.BooleanField(_("chosen"), default=False)
    name = models.CharField(_("company name"), max_length=255, blank=True)
    type = models.CharField(_("type"), max_length=8, blank=True)
    external_id = models.CharField(_("external ID"), max_length=255, blank=True)
    external_uid = models.CharField(_("external UUID"), max_length=255, blank=True)
    values = models.JSONField(_("values"), default=dict)
    errors = models.JSONField(_("errors"), default=dict)
    warnings = models.JSONField(_("warnings"), default=list)
    differences = models.JSONField(_("differences"), default=dict)
    parent = models.CharField(_("parent"), max_length=20, blank=True)
    parent_row = models.PositiveIntegerField(_("line of the parent"), null=True, blank=True)
    parent_ref = models.CharField(_("parent as written"), max_length=300, blank=True)
    target = models.CharField(_("account met"), max_length=20, blank=True)
    made = models.CharField(_("account made"), max_length=20, blank=True)
    base_version = models.PositiveIntegerField(_("version before"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version after"), null=True, blank=True)
    undo = models.CharField(_("undone"), max_length=255, blank=True)

    objects = OwnRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="importrow_once"),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["new", "changed", "same", "duplicate", "skipped", "error"]
                ),
                name="importrow_outcome_known",
            ),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="importrow_by_outcome")]

    def __str__(self) -> str:
        return f"{self.batch_id} line {self.number}"


class ImportMapping(models.Model):
    """How a partner last mapped the columns of files with this header."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    signature = models.CharField(_("header"), max_length=64)
    mapping = models.JSONField(_("mapping"))
    options = models.JSONField(_("options"))
    used_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("remembered mapping")
        verbose_name_plural = _("remembered mappings")
        constraints = [
            models.UniqueConstraint(fields=["partner", "signature"], name="importmapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.signature[:12]}"
