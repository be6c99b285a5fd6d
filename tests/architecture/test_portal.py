"""What the portal may say: reads through visible_to, a sentence per event, no dead template."""

import ast
import re

from django.apps import apps

from customers.models.base import Lifecycle
from resellerportal.sentences import SENTENCES
from tests.architecture.source import DOMAIN, ROOT, modules

MANAGERS = {"objects", "_default_manager", "_base_manager"}
#: Reads that do not begin with visible_to, and why each shows nothing foreign.
PAST_VISIBLE_TO = {
    (
        "resellerportal/api/happenings.py",
        "Event.objects.filter",
    ): "about objects the caller has seen",
    ("resellerportal/api/tier_accounts/filters.py", "Event.objects.about_each"): (
        "narrows rows of visible_to"
    ),
    ("resellerportal/api/products/filters.py", "Event.objects.about_each"): (
        "narrows rows of visible_to"
    ),
    ("resellerportal/history.py", "Event.objects.about"): "of objects the caller has seen",
    ("resellerportal/notes/lines.py", "Event.objects.filter"): "of objects the caller has seen",
    ("resellerportal/notes/lines.py", "Attachment.objects.filter"): "of notes of visible_to",
    ("resellerportal/fulfillment/trail.py", "RequestItem.objects.select_related"): (
        "lines of rows of visible_to"
    ),
    ("resellerportal/signin.py", "Membership.objects.usable"): "who acts is told by them",
    ("resellerportal/api/shared/param_filters.py", "Parameter.objects.value_holding"): (
        "narrows rows of visible_to, by what their reader reads of each"
    ),
    ("resellerportal/api/shared/params.py", "Parameter.objects.of_scopes"): (
        "of the products of visible objects"
    ),
    ("resellerportal/holders/about.py", "Holding.objects.about"): "of objects the caller has seen",
    (
        "resellerportal/home/lately.py",
        "Event.objects.filter",
    ): "narrowed to ids that visible_to gave",
    ("resellerportal/inquiry/questions.py", "Event.objects.about"): "of the object of the link",
    ("resellerportal/lists/listing.py", "model._base_manager.filter"): "narrows rows of visible_to",
    ("resellerportal/home/overview.py", "kind.model._default_manager.filter"): "pk in visible_to",
    ("resellerportal/fulfillment/ordering_forms.py", "Connection.objects.filter"): (
        "of the provider of a customer that is visible"
    ),
    ("resellerportal/fulfillment/subscriptions.py", "Parameter.objects.of_scope"): (
        "of the product of a visible subscription"
    ),
    ("resellerportal/products/template_pages.py", "Parameter.objects.of_scope"): (
        "the vendor's own product"
    ),
    ("resellerportal/notifications/asking.py", "Event.objects.about"): "of the mail's own request",
    ("resellerportal/notifications/deciding.py", "Event.objects.about"): (
        "of the mail's own request"
    ),
    ("resellerportal/notifications/letters.py", "Membership.objects.usable"): "whom to mail",
    ("resellerportal/reasons.py", "Event.objects.about"): "of a visible request",
}


def reads() -> set[tuple[str, str]]:
    """(file, Model.manager.method) of every read of the portal that is not visible_to or none."""
    found = set()
    for module in modules("resellerportal"):
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Attribute)
                and node.value.attr in MANAGERS
                and node.attr not in ("visible_to", "none")
            ):
                found.add((module.relative, ast.unparse(node)))
    return found


def test_rows_are_read_through_visible_to():
    assert sorted(reads() - set(PAST_VISIBLE_TO)) == []


def test_the_exceptions_are_still_needed():
    assert sorted(set(PAST_VISIBLE_TO) - reads()) == []


def test_the_portal_asks_as_the_platform_only_where_a_link_is_the_key():
    users = {
        module.relative
        for module in modules("resellerportal")
        if re.search(r"Actor\.system\(\)", module.text)
    }
    assert all(
        path.startswith(("resellerportal/inquiry/", "resellerportal/notifications/"))
        for path in users
    ), users


def recorded_verbs() -> set[str]:
    """Every verb the domain can record: transitions, births, and what services name themselves."""
    verbs = {
        f"{model._meta.model_name}.{each.name}"
        for model in apps.get_models()
        if issubclass(model, Lifecycle)
        for each in model._meta.get_field("state").get_all_transitions(model)
    }
    for module in modules(*DOMAIN):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "record":
                verbs |= _texts(node.args[0])
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "verb":
                verbs |= _texts(node.value)
    return verbs


def _texts(node: ast.AST) -> set[str]:
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.fullmatch(r"[a-z]+\.[a-z_]+", part.value)
    }


def test_every_event_has_a_sentence():
    assert sorted(recorded_verbs() - set(SENTENCES)) == []


def test_the_reading_finds_verbs():
    assert {"tieraccount.move", "tierconfig.created", "fulfillmentrequest.cascade"} <= (
        recorded_verbs()
    )


#: Templates that packages look up by name.
BY_CONVENTION = re.compile(r"(403|403_csrf|404|409|429|500)\.html|(account|allauth|mfa|admin)/.*")


def test_no_template_is_unused():
    folder = ROOT / "templates"
    sources = [module.text for module in modules()]
    sources += [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    everything = "\n".join(sources)
    unused = []
    for path in sorted(folder.rglob("*.*")):
        name = path.relative_to(folder).as_posix()
        # Mails come in two forms, so their names are written without the ending.
        if name.startswith("emails/") and f'"{path.stem}"' in everything:
            continue
        if path.is_file() and not BY_CONVENTION.fullmatch(name) and name not in everything:
            unused.append(name)
    assert unused == []


def test_templates_trust_no_text():
    wrong = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if path.parent.name != "emails"  # mail programs read no other style
        for word in re.findall(
            r"\|\s*safe\b|autoescape off|<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert wrong == []


def test_no_unfinished_work_is_left():
    wrong = [
        f"{module.relative}: {word}"
        for module in modules()
        for word in re.findall(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b", module.text)
    ]
    assert wrong == []
