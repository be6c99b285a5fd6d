"""Keys of the API as its own tests make them."""

from tests.resellerportal.api.conftest import api

__all__ = ["api"]
