"""Choosing an account by typing a part of its name, never from a list of all accounts.

Without JavaScript the typed text is sent with the form, which comes back with the hits as radio
buttons; with htmx the hits appear while typing. Either way at most `hits.LIMIT` rows are read.
"""

from .fields import AccountPicker, PickingForm

__all__ = ["AccountPicker", "PickingForm"]
