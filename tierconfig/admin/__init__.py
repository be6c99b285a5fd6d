"""Administration of definitions, configurations and their requests."""

from . import configs, definitions, embedding, inquiries

__all__ = ["configs", "definitions", "embedding", "inquiries"]
