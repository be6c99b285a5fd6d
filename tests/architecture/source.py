"""The source as these tests read it: without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Lowest first. What is above may import what is below, never the other way.
LAYERS = ("customers", "tierconfig", "fulfillment", "resellerportal", "config")
DOMAIN = LAYERS[:3]


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def relative(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def name(self) -> str:
        parts = list(self.path.relative_to(ROOT).with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @property
    def layer(self) -> str:
        return self.name.partition(".")[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def imports(self) -> Iterator[tuple[str, bool]]:
        """(dotted name, whether importing this module runs it) of every import statement."""
        yield from _imports(self.tree.body, self, True)

    def __hash__(self) -> int:
        return hash(self.path)


def _imports(body: list[ast.stmt], module: Module, now: bool) -> Iterator[tuple[str, bool]]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((alias.name, now) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module)
            for alias in node.names:
                yield f"{base}.{alias.name}", now
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _imports(node.body, module, False)
            yield from _imports(node.orelse, module, now)
        else:
            later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                inner = [each for each in getattr(node, name, []) if isinstance(each, ast.AST)]
                yield from _imports(inner, module, now and not later)  # type: ignore[arg-type]


def _base(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


@cache
def modules(*layers: str) -> tuple[Module, ...]:
    """Every module of the layers, all of them by default, migrations apart."""
    return tuple(
        Module(path)
        for layer in layers or LAYERS
        for path in sorted((ROOT / layer).rglob("*.py"))
        if "migrations" not in path.parts
    )
