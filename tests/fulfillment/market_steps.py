"""How often each step of a random story is chosen, and what it needs."""

from __future__ import annotations

#: Step -> how often it is chosen among those that have something to do.
WEIGHTS = {
    **dict.fromkeys(("approve", "answer", "fulfil", "reply"), 12),
    **dict.fromkeys(("submit", "submit_order", "change", "adjust", "plan"), 6),
    **dict.fromkeys(("change_sold", "hold_sold", "resume_sold", "adjust_sold"), 40),
    "cancel_sold": 6,
    **dict.fromkeys(("day", "revoke", "confirm", "save", "fill_order"), 5),
    "place": 8,
    "begin": 2,
    **dict.fromkeys(("inquire", "pend", "fill", "fail", "withdraw", "reject", "ask_buyer"), 2),
    **dict.fromkeys(("pend_order", "draft_order", "edit_order"), 2),
    **dict.fromkeys(("discard", "discard_order", "forget", "expire_order", "expire_setup"), 0.5),
    **dict.fromkeys(("redefine", "switch", "move", "put_on_sale"), 0.3),
}
#: What the few stories of the default may not come to.
RARE = {"pend_order", "reject", "discard", "move", "confirm", "forget", "expire_setup", "switch"}
RARE |= {"save", "discard_order", "resume_sold", "revoke", "pend", "inquire"}
#: Step -> in which states of a request, or of an order, there is something to do.
OF_REQUESTS = {
    "answer": ("inquiring",),
    "approve": ("pending",),
    "fail": ("pending", "inquiring"),
    "inquire": ("pending",),
    "pend": ("inquiring",),
    "fill": ("pending", "inquiring"),
    **dict.fromkeys(("save", "submit", "discard"), ("draft",)),
    **dict.fromkeys(("change", "adjust"), ("approved",)),
    "expire_setup": ("pending", "inquiring"),
}
OF_ORDERS = {
    "reply": ("inquiring",),
    "fulfil": ("pending", "scheduled", "revoking"),
    **dict.fromkeys(("ask_buyer", "plan"), ("pending",)),
    "fill_order": ("pending", "inquiring"),
    **dict.fromkeys(("edit_order", "submit_order", "discard_order", "forget"), ("draft",)),
    **dict.fromkeys(("day", "revoke"), ("scheduled",)),
    "confirm": ("revoking",),
    "expire_order": ("draft", "pending", "inquiring", "revoking"),
    "pend_order": ("inquiring",),
    "reject": ("pending", "inquiring"),
    "withdraw": ("tiers_setup", "inquiring"),
}
#: Step -> in which states of a subscription without an open request.
OF_SOLD = {
    **dict.fromkeys(("change_sold", "hold_sold", "adjust_sold"), ("active",)),
    "resume_sold": ("suspended",),
    "cancel_sold": ("active", "suspended"),
}
