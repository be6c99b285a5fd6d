"""The form of an inquiry page."""

from __future__ import annotations

from typing import Any

from ..parameter_forms import ParameterForm
from .questions import Question


class AnswerForm(ParameterForm):
    """The askable parameters of a question, what is waited for marked."""

    obj: Question

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_parameters(self.obj.offered, self.obj.values, asked=self.obj.asked)
