"""What is left to chance, drawn the same in every run: ids, tokens, UUIDs, invented names, examples.

Hypothesis looks for new examples with `--hypothesis-profile=random`; nothing of it has a deadline,
since the machine may be busy.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import settings

from customers import identifiers

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile("same")


@contextmanager
def drawn_by(seed: str) -> Iterator[None]:
    """In the block, whatever asks the system for random bytes gets those that follow from `seed`.

    In all threads of this process; not what Python draws without the system (`random.random`), nor
    libraries that do not ask through Python.
    """
    source = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch, identifiers.drawn_from(source):
        # uuid asks the first, secrets and SystemRandom the second.
        patch.setattr(os, "urandom", source.randbytes)
        patch.setattr(random, "_urandom", source.randbytes)
        yield
