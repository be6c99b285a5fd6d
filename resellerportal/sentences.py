"""What was done, in words: one sentence for each verb that is recorded."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from customers.models import Event, Note, TierAccountRequest

#: Event verb -> what the actor did. Every verb recorded needs a line here.
SENTENCES: dict[str, Any] = {
    "tieraccount.create": gettext_lazy("created the account"),
    "tieraccount.edit": gettext_lazy("edited the account"),
    "tieraccount.move": gettext_lazy("moved the account to another parent"),
    "tieraccount.decommission": gettext_lazy("decommissioned the account"),
    "tieraccount.grant": gettext_lazy("granted access to the account"),
    "tieraccount.end_access": gettext_lazy("ended an access to the account"),
    "importbatch.created": gettext_lazy("uploaded the file"),
    "importbatch.start_check": gettext_lazy("asked for the check"),
    "importbatch.check_rows": gettext_lazy("checked every row"),
    "importbatch.start_apply": gettext_lazy("asked to apply the rows"),
    "importbatch.apply": gettext_lazy("applied the rows"),
    "importbatch.start_undo": gettext_lazy("asked to undo the import"),
    "importbatch.undo": gettext_lazy("undid the import"),
    "importbatch.fail": gettext_lazy("could not do it; nothing was changed"),
    "importbatch.discard": gettext_lazy("discarded the import"),
    "partner.settings": gettext_lazy("changed the settings"),
    "partner.service_levels": gettext_lazy("changed the service levels"),
    "tieraccountrequest.created": gettext_lazy("asked the vendor to look at the change"),
    "tieraccountrequest.accept": gettext_lazy("accepted the change"),
    "tieraccountrequest.ignore": gettext_lazy("ignored the change"),
    "tieraccountrequest.nudge": gettext_lazy("reminded the vendor of the change"),
    "note.created": gettext_lazy("wrote a note"),
    "job.end": gettext_lazy("ended what takes its time"),
    "user.digest": gettext_lazy("sent the daily mail"),
    "partner.verdicts": gettext_lazy("decided several account changes at once"),
    "partner.decisions": gettext_lazy("decided several requests at once"),
    "product.created": gettext_lazy("created the product"),
    "product.general": gettext_lazy("changed the general data"),
    "product.capabilities": gettext_lazy("changed the capabilities"),
    "product.parameter_added": gettext_lazy("added a parameter"),
    "product.parameter_changed": gettext_lazy("changed a parameter"),
    "product.parameter_removed": gettext_lazy("removed a parameter"),
    "product.parameters_reordered": gettext_lazy("put parameters into another order"),
    "product.item_added": gettext_lazy("added an item"),
    "product.item_changed": gettext_lazy("changed an item"),
    "product.listing_added": gettext_lazy("offered the product on a marketplace"),
    "product.listing_ended": gettext_lazy("no longer offers the product on a marketplace"),
    "product.publish": gettext_lazy("published the product"),
    "product.end_sale": gettext_lazy("ended the sale of the product"),
    "product.resume_sale": gettext_lazy("resumed the sale of the product"),
    "product.sync_on": gettext_lazy("switched Tier Accounts Sync on"),
    "product.sync_off": gettext_lazy("switched Tier Accounts Sync off"),
    "product.icon": gettext_lazy("changed the icon"),
    "product.icon_removed": gettext_lazy("removed the icon"),
    "product.template_added": gettext_lazy("added a template"),
    "product.template_changed": gettext_lazy("changed a template"),
    "product.template_removed": gettext_lazy("removed a template"),
    "product.templates_reordered": gettext_lazy("changed the order of templates"),
    "product.action_added": gettext_lazy("added an action"),
    "product.action_changed": gettext_lazy("changed an action"),
    "product.action_removed": gettext_lazy("removed an action"),
    "product.actions_reordered": gettext_lazy("changed the order of actions"),
    "product.message_added": gettext_lazy("added a message"),
    "product.message_changed": gettext_lazy("changed a message"),
    "product.message_removed": gettext_lazy("removed a message"),
    "product.embedding": gettext_lazy("changed what control panels show"),
    "product.secret": gettext_lazy("made a new secret for the actions"),
    "product.webhook_added": gettext_lazy("added a webhook"),
    "product.webhook_changed": gettext_lazy("changed a webhook"),
    "product.webhook_secret": gettext_lazy("made a new secret for a webhook"),
    "webhookendpoint.created": gettext_lazy("added the webhook"),
    "webhookendpoint.edit": gettext_lazy("changed the webhook"),
    "webhookendpoint.rotate": gettext_lazy("made a new secret for the webhook"),
    "webhookendpoint.switch_on": gettext_lazy("switched the webhook on"),
    "webhookendpoint.switch_off": gettext_lazy("switched the webhook off"),
    "webhookendpoint.stopped": gettext_lazy("switched the webhook off: nothing arrived"),
    "webhookendpoint.replay": gettext_lazy("had messages sent again"),
    "webhookendpoint.deleted": gettext_lazy("deleted the webhook"),
    "product.connection_requested": gettext_lazy("asked for a connection"),
    "product.connection_approved": gettext_lazy("approved a connection"),
    "product.connection_rejected": gettext_lazy("rejected a connection"),
    "tierconfig.action": gettext_lazy("pressed a button of the control panel"),
    "subscription.action": gettext_lazy("pressed a button of the control panel"),
    "tierconfig.created": gettext_lazy("opened the configuration"),
    "tierconfig.process": gettext_lazy("opened a request for the configuration"),
    "tierconfig.activate": gettext_lazy("put the configuration into force"),
    "tierconfigrequest.assign": gettext_lazy("gave the request to a colleague"),
    "tierconfigrequest.unassign": gettext_lazy("took the request from its assignee"),
    "tierconfigrequest.created": gettext_lazy("opened the request"),
    "tierconfigrequest.validate": gettext_lazy("had the draft checked by the vendor's service"),
    "tierconfigrequest.discard": gettext_lazy("discarded the draft"),
    "tierconfigrequest.submit": gettext_lazy("submitted the request"),
    "tierconfigrequest.submit_and_ask": gettext_lazy("submitted the request; values are asked"),
    "tierconfigrequest.submit_and_park": gettext_lazy("submitted the request; tier 2 comes first"),
    "tierconfigrequest.update": gettext_lazy("changed values"),
    "tierconfigrequest.renew": gettext_lazy("sent a new link to the form"),
    "tierconfigrequest.remind": gettext_lazy("sent a reminder of the question"),
    "tierconfigrequest.escalate": gettext_lazy("told the distributor that nobody answers"),
    "tierconfigrequest.ask_anew": gettext_lazy("asked the new contact"),
    "tierconfigrequest.delegate": gettext_lazy("passed questions on to a colleague"),
    "tierconfigrequest.delegation_answered": gettext_lazy("answered what was passed on"),
    "tierconfigrequest.delegation_ended": gettext_lazy("took questions back from a colleague"),
    "tierconfigrequest.mail_refused": gettext_lazy("could not deliver a mail"),
    "tierconfigrequest.inquire": gettext_lazy("asked for values"),
    "tierconfigrequest.ask": gettext_lazy("asked for values; tier 2 is configured"),
    "tierconfigrequest.release": gettext_lazy("let the request go on; tier 2 is configured"),
    "tierconfigrequest.answer": gettext_lazy("answered"),
    "tierconfigrequest.pend": gettext_lazy("put the request back to pending"),
    "tierconfigrequest.approve": gettext_lazy("approved the request"),
    "tierconfigrequest.fail": gettext_lazy("rejected the request"),
    "tierconfigrequest.cascade": gettext_lazy("closed the request; tier 2 was rejected"),
    "tierconfigrequest.expire": gettext_lazy("ended the request: it waited for too long"),
    "tierconfigrequest.nudge": gettext_lazy("reminded who holds the request"),
    "subscription.created": gettext_lazy("opened the subscription"),
    "subscription.process": gettext_lazy("opened the subscription; its order was submitted"),
    "subscription.activate": gettext_lazy("activated the subscription"),
    "subscription.suspend": gettext_lazy("suspended the subscription"),
    "subscription.begin_termination": gettext_lazy("began to end the subscription"),
    "subscription.terminate": gettext_lazy("terminated the subscription"),
    "fulfillmentrequest.assign": gettext_lazy("gave the request to a colleague"),
    "fulfillmentrequest.unassign": gettext_lazy("took the request from its assignee"),
    "fulfillmentrequest.created": gettext_lazy("placed the order"),
    "fulfillmentrequest.validate": gettext_lazy("had the draft checked by the vendor's service"),
    "fulfillmentrequest.discard": gettext_lazy("discarded the draft"),
    "fulfillmentrequest.submit": gettext_lazy("submitted the order"),
    "fulfillmentrequest.submit_and_ask": gettext_lazy("submitted the order; values are asked"),
    "fulfillmentrequest.submit_and_park": gettext_lazy("submitted the order; tiers come first"),
    "fulfillmentrequest.update": gettext_lazy("changed values"),
    "fulfillmentrequest.renew": gettext_lazy("sent a new link to the form"),
    "fulfillmentrequest.remind": gettext_lazy("sent a reminder of the question"),
    "fulfillmentrequest.escalate": gettext_lazy("told the distributor that nobody answers"),
    "fulfillmentrequest.ask_anew": gettext_lazy("asked the new contact"),
    "fulfillmentrequest.delegate": gettext_lazy("passed questions on to a colleague"),
    "fulfillmentrequest.delegation_answered": gettext_lazy("answered what was passed on"),
    "fulfillmentrequest.delegation_ended": gettext_lazy("took questions back from a colleague"),
    "fulfillmentrequest.mail_refused": gettext_lazy("could not deliver a mail"),
    "fulfillmentrequest.inquire": gettext_lazy("asked for values"),
    "fulfillmentrequest.ask": gettext_lazy("asked for values; the tiers are configured"),
    "fulfillmentrequest.release": gettext_lazy("let the order go on; the tiers are configured"),
    "fulfillmentrequest.answer": gettext_lazy("answered"),
    "fulfillmentrequest.pend": gettext_lazy("put the order back to pending"),
    "fulfillmentrequest.approve": gettext_lazy("approved the order"),
    "fulfillmentrequest.schedule": gettext_lazy("accepted the order for a later date"),
    "fulfillmentrequest.due": gettext_lazy("handed the order over; its planned date has come"),
    "fulfillmentrequest.revoke": gettext_lazy("asked for the order back"),
    "fulfillmentrequest.confirm": gettext_lazy("confirmed that the order is taken back"),
    "fulfillmentrequest.fail": gettext_lazy("rejected the order"),
    "fulfillmentrequest.withdraw": gettext_lazy("withdrew the order"),
    "fulfillmentrequest.cascade": gettext_lazy("closed the order; a tier was rejected"),
    "fulfillmentrequest.expire": gettext_lazy("ended the order: it waited for too long"),
    "fulfillmentrequest.nudge": gettext_lazy("reminded who holds the order"),
}

#: Type of a new fulfillment request, if it is no purchase -> what its author did.
ASKED_FOR = {
    "change": gettext_lazy("asked for a change"),
    "suspend": gettext_lazy("asked for the suspension"),
    "resume": gettext_lazy("asked for the resumption"),
    "cancel": gettext_lazy("asked for the cancellation"),
    "adjustment": gettext_lazy("began an adjustment"),
}

#: Kind of a note -> what its author did.
WROTE = {
    Note.Kind.MESSAGE: gettext_lazy("wrote"),
    Note.Kind.PRIVATE: gettext_lazy("noted for colleagues"),
}

#: Sentences about requests that are born in another state than usual: closed, because the product
#: takes no part in Tier Accounts Sync, or as drafts.
BIRTHS = {
    ("tieraccountrequest.created", TierAccountRequest.State.UNSUPPORTED): gettext_lazy(
        "changed the account; the vendor is not asked"
    ),
    ("tierconfigrequest.created", "draft"): gettext_lazy("began a draft of the request"),
    ("fulfillmentrequest.created", "draft"): gettext_lazy("began a draft of the order"),
}


def sentence(event: Event | Note) -> str:
    if isinstance(event, Note):
        return str(WROTE[Note.Kind(event.kind)])
    text = BIRTHS.get((event.verb, event.to_state)) or SENTENCES.get(event.verb)
    if event.verb == "fulfillmentrequest.created" and event.to_state != "draft":
        text = ASKED_FOR.get(event.data.get("type"), text)
    return str(text) if text else event.verb.replace(".", ": ", 1)
