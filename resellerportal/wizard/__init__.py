"""Forms in several steps that can be left, resumed and walked backwards."""

from .state import SUMMARY, Answers, Step, Typed
from .view import WizardView

__all__ = ["SUMMARY", "Answers", "Step", "Typed", "WizardView"]
