"""What each machine is about and what its states mean, in the words of those who meet them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TITLES = {
    "tierconfigrequest": _("Configuration request"),
    "tierconfig": _("Tier configuration"),
    "fulfillmentrequest": _("Order"),
    "subscription": _("Subscription"),
    "tieraccountrequest": _("Account request"),
    "product": _("Product"),
    "importbatch": _("Import"),
}
INTROS = {
    "tierconfigrequest": _(
        "Sets up a configuration, or changes it. Of one configuration one request is open at a "
        "time; whoever wants another change waits until it is decided."
    ),
    "tierconfig": _(
        "What a vendor knows of one reseller for one product. Its values are those of the last "
        "approved request; while another request is open they stay in force."
    ),
    "fulfillmentrequest": _(
        "Creates or changes a subscription. An order waits while configurations that it needs were "
        "never approved, and goes on by itself when they are."
    ),
    "subscription": _("What a customer bought. It follows its orders; nobody moves it by hand."),
    "tieraccountrequest": _(
        "Tells one vendor that an account has changed. The new data count from the moment they "
        "were saved; the vendor's decision says only whether it has taken them over."
    ),
    "product": _("Who may order it: nobody yet, everybody it is offered to, or nobody any more."),
    "importbatch": _("A file of accounts. All of it is written or nothing, and it can be undone."),
}
STATES = {
    "tierconfigrequest": {
        "draft": _("Begun and not sent yet; only the company that began it sees it."),
        "tiers_setup": _(
            "Waits for the tier 2 configuration above it; nothing is to be done here."
        ),
        "inquiring": _("The reseller is asked for values; its technical contact has a mail."),
        "pending": _("The vendor's turn."),
        "approved": _("The values are in force."),
        "failed": _("Rejected. What was in force before stays in force."),
    },
    "tierconfig": {
        "draft": _("Its first request is not sent yet."),
        "processing": _("A request is open, or the first one was rejected."),
        "active": _("Approved; orders ask for nothing any more."),
    },
    "fulfillmentrequest": {
        "draft": _("Begun and not sent yet; nothing is asked of anybody."),
        "tiers_setup": _("Waits for configurations of the resellers above the customer."),
        "inquiring": _("The buying side is asked for values."),
        "pending": _("The vendor's turn."),
        "scheduled": _("Accepted for a later day."),
        "revoking": _("The buying side wants a scheduled order back; the vendor confirms it."),
        "revoked": _("Taken back before its day."),
        "approved": _("Done; the subscription has what was ordered."),
        "failed": _("Rejected or taken back; the subscription stays as it was."),
    },
    "subscription": {
        "draft": _("Belongs to an order that is not sent yet."),
        "processing": _("Its first order is under way."),
        "active": _("In use."),
        "suspended": _("Paused; it can be resumed."),
        "terminating": _("Its cancellation is under way."),
        "terminated": _("Ended, or never begun."),
    },
    "tieraccountrequest": {
        "pending": _("The vendor has not said anything yet."),
        "accepted": _("The vendor has taken the new data over."),
        "ignored": _("The vendor leaves its own records as they are."),
        "unsupported": _("The product does not take part in account changes; nobody is asked."),
    },
    "product": {
        "draft": _("Being prepared; nobody can order it."),
        "published": _("Can be ordered where it is offered."),
        "endofsale": _("Not sold any more; what is sold already goes on."),
    },
    "importbatch": {
        "uploaded": _("Read; its columns can be matched with fields."),
        "checking": _("Every row is being judged; nothing is written."),
        "checked": _("Judged; errors can be mended and rows chosen."),
        "applying": _("Being written."),
        "applied": _("Written."),
        "undoing": _("Being taken back."),
        "undone": _("Taken back; what it created is gone."),
        "discarded": _("Thrown away; nothing was written."),
    },
}
