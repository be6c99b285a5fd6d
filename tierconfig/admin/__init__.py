"""Administration of definitions, configurations and their requests."""

from . import configs, definitions

__all__ = ["configs", "definitions"]
