"""Reads the imports of a package from its source: which module needs which, when, and for what."""

from __future__ import annotations

import ast
import graphlib
from dataclasses import dataclass

# What reaches out of a function's arguments: network, disk, clock, chance, environment.
_OUTSIDE = """aiohttp anyio asyncio boto3 botocore concurrent ctypes fcntl filelock getpass glob http
httpx io locale logging multiprocessing os pathlib PIL platform random requests secrets select shutil
signal socket sqlite3 ssl starlette subprocess sys tempfile threading time urllib.request uuid uvicorn"""
OUTSIDE = frozenset(_OUTSIDE.split())
OUTSIDE_CALLS = frozenset({"open", "input", "print", "breakpoint", "exec", "eval"})
CLOCK_METHODS = frozenset({"now", "utcnow", "today"})


@dataclass(frozen=True)
class Import:
    name: str
    """The module, absolute; for `from package import x` the module `x` when there is one."""
    is_lazy: bool
    """Inside a function: it happens when that is called."""
    is_for_types: bool
    """Below `if TYPE_CHECKING:`: it never happens."""


@dataclass(frozen=True)
class Module:
    name: str
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def says_it_is_pure(self) -> bool:
        text = ast.get_docstring(self.tree) or ""
        return "Pure." in text or "No I/O" in text

    def runs(self):
        """The modules that running this one needs, sooner or later."""
        return [found.name for found in self.imports if not found.is_for_types]

    def starts(self):
        """The modules that importing this one imports."""
        return [found.name for found in self.imports if not (found.is_for_types or found.is_lazy)]


def read_package(folder):
    """Every module of the package in `folder`, keyed by its name, sorted."""
    trees = {_name(path, folder): path for path in sorted(folder.rglob("*.py"))}
    return {name: _read(name, path, set(trees)) for name, path in trees.items()}


def needed_by(modules, names):
    """`names` and every module of ours that running them needs, sorted."""
    seen, to_see = set(), list(names)
    while to_see:
        name = to_see.pop()
        if name in modules and name not in seen:
            seen.add(name)
            to_see += modules[name].runs()
    return sorted(seen)


def is_below(name, package):
    return name == package or name.startswith(package + ".")


def outside_uses(module):
    """Why `module` is not pure: what it imports and calls that looks or reaches outside."""
    imported = [name for name in module.runs() if any(is_below(name, root) for root in OUTSIDE)]
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    called = [f"{name}()" for call in calls if (name := _outside_call(call.func))]
    return imported + called


def cycle(modules):
    """The names of modules that import each other while they are imported, or an empty list."""
    graph = {name: [n for n in m.starts() if n in modules] for name, m in modules.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def _name(path, folder):
    parts = [folder.name, *path.relative_to(folder).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _read(name, path, known):
    tree = ast.parse(path.read_bytes(), str(path))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return Module(name, tree, tuple(_imports(tree, package, known)))


def _imports(node, package, known, *, lazy=False, types=False):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, lazy, types) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            for name in _imported_from(child, package, known):
                yield Import(name, lazy, types)
        elif isinstance(child, ast.If) and _is_type_checking(child.test):
            yield from _imports(ast.Module(child.body, []), package, known, lazy=lazy, types=True)
            yield from _imports(
                ast.Module(child.orelse, []), package, known, lazy=lazy, types=types
            )
        else:
            inside = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, package, known, lazy=inside, types=types)


def _imported_from(node, package, known):
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    source = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        full = f"{source}.{alias.name}"
        yield full if full in known or full in OUTSIDE else source


def _is_type_checking(test):
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _outside_call(function):
    if isinstance(function, ast.Name) and function.id in OUTSIDE_CALLS:
        return function.id
    if isinstance(function, ast.Attribute) and function.attr in CLOCK_METHODS:
        owner = ast.unparse(function.value)
        if owner.rpartition(".")[2] in {"datetime", "date"}:
            return f"{owner}.{function.attr}"
    return None
