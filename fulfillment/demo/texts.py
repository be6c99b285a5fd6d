"""What people of the demo write."""

IGNORED = (
    "The invoice address is kept in our own system.",
    "This company has no contract with us any more.",
    "We were told about this change by telephone.",
)
REJECTED = (
    "There is no distribution contract for this country.",
    "The company could not be verified.",
    "The reseller has outstanding invoices.",
)
WITHDRAWN = "The customer decided against it."
COMPLAINTS = (
    "This does not look right; please check it.",
    "We could not reach anybody there.",
    "Please give the one of your head office.",
)
MESSAGES = (
    "",
    "We need this to set up your access.",
    "Thank you for your order. One detail is missing.",
)
NOTES = ("", "", "", "Please invoice quarterly.", "Delivery before the end of the month, please.")

_FORMS = {"GmbH", "AG", "SE", "KG", "Ltd", "plc", "LLP", "LLC", "Inc.", "SARL", "SAS", "S.L."}
_FORMS |= {"S.A.", "AB", "B.V.", "N.V.", "A.Ş.", "e.K."}


def renamed(name: str) -> str:
    """The name of a company after it took the word Holding into it."""
    stem, _, form = name.rpartition(" ")
    return f"{stem} Holding {form}" if form in _FORMS else f"{name} Holding"
