"""News of this app, sent inside the transaction it belongs to."""

from django.dispatch import Signal

#: Asks every app for contradictions in its data. Receivers return a list of sentences.
consistency_check = Signal()
#: A partner's access to an account has ended; sent with `access`.
access_ended = Signal()
