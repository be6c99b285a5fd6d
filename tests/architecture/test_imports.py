"""Imports point down only, and nothing imports itself by a detour."""

import pytest

from tests.architecture.source import DOMAIN, LAYERS, Module, modules

#: What belongs to answering requests, which the domain knows nothing of.
WEB = (
    "django.http",
    "django.urls",
    "django.forms",
    "django.template",
    "django.shortcuts",
    "django.views",
    "django.middleware",
    "django.contrib.messages",
    "django_filters",
    "crispy_forms",
    "allauth",
    "rest_framework",
)
#: Parts of the domain apps that Django calls for pages and commands.
AT_THE_EDGE = ("admin", "management")


def edge(module: Module) -> bool:
    parts = module.name.split(".")
    return len(parts) > 1 and parts[1] in AT_THE_EDGE


def below(name: str, *prefixes: str) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


@pytest.mark.parametrize("layer", DOMAIN)
def test_imports_point_down(layer):
    above = LAYERS[LAYERS.index(layer) + 1 :]
    wrong = [
        f"{module.relative} imports {name}"
        for module in modules(layer)
        for name, _now in module.imports()
        if below(name, *above) and not (edge(module) and below(name, "config.env"))
    ]
    assert wrong == []


def test_the_portal_is_imported_by_the_settings_side_only():
    wrong = [
        f"{module.relative} imports {name}"
        for module in modules("resellerportal")
        for name, _now in module.imports()
        if below(name, "config")
    ]
    assert wrong == []


def test_the_domain_knows_no_web():
    wrong = [
        f"{module.relative} imports {name}"
        for module in modules(*DOMAIN)
        for name, _now in module.imports()
        if below(name, *WEB) and not edge(module)
    ]
    assert wrong == []


def graph() -> dict[str, set[str]]:
    """Module -> modules that importing it runs."""
    known = {module.name for module in modules()}
    edges: dict[str, set[str]] = {}
    for module in modules():
        targets = set()
        for name, now in module.imports():
            # `from a.b import c` runs a.b, and a.b.c when that is a module.
            found = name if name in known else name.rpartition(".")[0]
            if now and found in known and found != module.name:
                targets.add(found)
        edges[module.name] = targets
    return edges


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """One path per circle found, by depth-first search."""
    state: dict[str, int] = {}
    found = []

    def visit(node: str, path: list[str]) -> None:
        state[node] = 1
        for target in sorted(edges.get(node, ())):
            if state.get(target) == 1:
                found.append([*path[path.index(target) :], target])
            elif target not in state:
                visit(target, [*path, target])
        state[node] = 2

    for start in sorted(edges):
        if start not in state:
            visit(start, [start])
    return found


def test_no_file_imports_itself_by_a_detour():
    """A package's own parts may read the package while it is being made: models do."""
    edges = graph()
    for name, targets in edges.items():
        edges[name] = {each for each in targets if not name.startswith(f"{each}.")}
    assert circles(edges) == []


def test_no_package_imports_itself_by_a_detour():
    packages: dict[str, set[str]] = {}
    for name, targets in graph().items():
        own = name.partition(".")[0]
        packages.setdefault(own, set()).update(
            target.partition(".")[0] for target in targets if target.partition(".")[0] != own
        )
    assert circles(packages) == []


def test_the_reading_itself_sees_circles_and_late_imports():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == [["a", "b", "c", "a"]]
    [actors] = [module for module in modules("customers") if module.name == "customers.actors"]
    assert ("customers.models.Partner", False) in set(actors.imports())
    assert ("dataclasses.dataclass", True) in set(actors.imports())
