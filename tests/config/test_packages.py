"""The installed environment."""

from importlib import metadata

import django_fsm


def test_django_fsm_is_not_installed_beside_its_continuation():
    """Both own the folder `django_fsm`; installed together they overwrite each other."""
    owners = metadata.packages_distributions()["django_fsm"]
    assert owners == ["django-fsm-2"]
    assert hasattr(django_fsm, "ConcurrentTransitionMixin")
