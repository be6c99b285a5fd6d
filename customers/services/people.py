"""What a person chooses for himself, whichever partner he acts for."""

from __future__ import annotations

from ..models import User
from ..moments import check_zone


def save_preferences(user: User, *, time_zone: str, single_keys: bool) -> User:
    """Keep the zone of all times the user reads, "" for the installation's, and whether keys
    without Ctrl or Alt act on pages. Raises ValidationError."""
    user.time_zone = check_zone(time_zone)
    user.single_keys = single_keys
    user.save(update_fields=["time_zone", "single_keys"])
    return user
