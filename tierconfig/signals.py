"""News of this app, sent inside the transaction it belongs to."""

from django.dispatch import Signal

#: A configuration was approved for the first time or again. Argument: config (held).
config_configured = Signal()

#: Setups failed for good. Arguments: configs (held, tier 2 first), reason.
setup_failed = Signal()
