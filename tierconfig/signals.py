"""News of this app, sent inside the transaction it belongs to."""

from django.dispatch import Signal

#: A configuration was approved for the first time or again. Argument: config (held).
config_configured = Signal()

#: Setups failed for good. Arguments: configs (held, tier 2 first), reason.
setup_failed = Signal()

#: Which open requests hold values of a scope? Arguments: product, scope. Receivers answer a list
#: of querysets of ProcessedRequest, ready for `base_values()` without further queries.
open_requests_asked = Signal()

#: Who holds a value of a parameter? Argument: parameter. Receivers answer {what: how many}.
holders_asked = Signal()

#: What are the values of a parameter of scope asset? Argument: parameter. Receivers answer an
#: iterable of (holder id, values), of subscriptions that have not ended and of open orders.
values_wanted = Signal()
