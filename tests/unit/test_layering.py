"""Who may import whom: read from the source, and seen in fresh processes."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

import vaelab
from vaelab.paths import PROJECT

# Packages that load PyTorch when they are imported. All others stay light, because server and command line
# load them at their start.
WITH_PYTORCH = {"models", "training", "analysis", "workers"}
# Modules of the command line that are imported by the command that needs them.
COMMANDS_WITH_PYTORCH = {"vaelab.cli.train", "vaelab.cli.sweep", "vaelab.cli.evaluate"}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    """The module of a file: `vaelab.files` for vaelab/files.py, `vaelab.config` for its __init__.py."""
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sources("vaelab", "pages")}
OURS = [module for module in MODULES if module != "vaelab"]


def package(module: str) -> str:
    """A module's package: `config` of vaelab.config.fields, `files` of vaelab.files, `pages` of any page."""
    parts = module.split(".")
    return "pages" if parts[0] == "pages" else parts[1]


def imported(tree: ast.AST, *, at_load: bool) -> Iterator[str]:
    """Modules that a source imports; `at_load` leaves out those imported within functions.

    What only the type checker imports counts as not imported.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield from (resolved(str(node.module), alias.name) for alias in node.names)
        elif not (at_load and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))):
            yield from imported(node, at_load=at_load)


def resolved(module: str, name: str) -> str:
    """The module that `from module import name` imports."""
    if f"{module}.{name}" in MODULES:
        return f"{module}.{name}"
    return vaelab._HOME[name] if module == "vaelab" else module


@cache
def tree_of(path: Path) -> ast.Module:
    """A source, parsed once for all laws."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(module: str, at_load: bool) -> frozenset[str]:
    return frozenset(imported(tree_of(MODULES[module]), at_load=at_load))


@cache
def loaded_with(module: str) -> frozenset[str]:
    """All modules that importing a module imports, ours and others', according to the sources."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        new = imports_of(waiting.pop(), at_load=True) - found
        found |= new
        waiting += [name for name in new if name in MODULES]
    return frozenset(found)


def top(module: str) -> str:
    return module.split(".")[0]


def test_imports_between_packages_point_one_way():
    """The contracts of pyproject.toml, which also name every package."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        capture_output=True, text=True, cwd=PROJECT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("pages.")])
def test_no_page_imports_what_trains(module):
    """Pages ask the engine; training happens in worker processes."""
    assert {"training", "workers", "cli"} & {
        package(name) for name in imports_of(module, at_load=False) if name in OURS
    } == set()


@pytest.mark.parametrize("module", OURS)
def test_no_module_imports_itself_in_a_circle(module):
    assert module not in loaded_with(module)


@pytest.mark.parametrize("module", OURS)
def test_who_may_import_streamlit_plotly_and_pytorch(module):
    everywhere = {top(name) for name in imports_of(module, at_load=False)}
    assert "streamlit" not in everywhere or package(module) in ("ui", "pages")
    assert "plotly" not in everywhere or package(module) in ("figures", "ui", "pages")
    if package(module) not in WITH_PYTORCH and module not in COMMANDS_WITH_PYTORCH:
        assert "torch" not in {top(name) for name in loaded_with(module)}


DOORS = {
    name: set(import_module(name).__all__)
    for name in (
        "vaelab.config",
        "vaelab.data",
        "vaelab.engine",
        "vaelab.runs",
        "vaelab.training",
        "vaelab.ui.session",
    )
}


@pytest.mark.parametrize("module", OURS)
def test_a_name_that_a_package_exports_has_one_import_home(module):
    """Other packages import it from the package, siblings from the module that defines it."""
    for node in ast.walk(tree_of(MODULES[module])):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {alias.name for alias in node.names}
            for door, exported in DOORS.items():
                if module == door or module.startswith(f"{door}."):
                    assert node.module != door
                elif node.module.startswith(f"{door}."):
                    assert names & exported == set()


def test_every_folder_of_unit_tests_names_a_package():
    folders = {path.parent.relative_to(PROJECT / "tests" / "unit") for path in sources("tests/unit")}
    assert all((PROJECT / "vaelab" / folder).is_dir() for folder in folders)


@pytest.mark.parametrize("path", sources("tests"), ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_test_file_imports_another(path):
    names = imported(tree_of(path), at_load=False)
    assert [name for name in names if name.split(".")[-1].startswith("test_") and top(name) == "tests"] == []


# The same in fresh processes, where what libraries import counts too


@pytest.mark.parametrize(
    "imports",
    [
        {
            "import vaelab": "torch streamlit plotly pydantic",
            "from vaelab import PRESETS, RunConfig, RunStore, DATASETS": "torch streamlit plotly",
            "import vaelab.cli.main": "torch streamlit plotly",
            "import vaelab.engine.engine": "torch streamlit plotly",
            "import vaelab.figures.explore": "torch streamlit",
            "import app": "torch",
        },
        {
            "import vaelab.training.loop, vaelab.workers.train, vaelab.analysis.load": "streamlit plotly",
            "from vaelab import train, fit, load_run, evaluate": "streamlit plotly",
        },
    ],
    ids=["without PyTorch", "with PyTorch"],
)
def test_what_an_import_brings_in(imports):
    """One process a table: what a statement has to leave out, all statements before it leave out too."""
    for before, after in pairwise(imports.values()):
        assert set(after.split()) <= set(before.split())
    lines = [
        f"{statement}; print({statement!r}, *set({without.split()}) & set(sys.modules))"
        for statement, without in imports.items()
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(["import sys", *lines])],
        capture_output=True, text=True, check=True, cwd=PROJECT,
    )  # fmt: skip
    assert done.stdout.splitlines() == list(imports)


# Nothing is unpickled


UNSAFE = re.compile(r"\b((read_|to_)?pickle|dill|cloudpickle|joblib|shelve|marshal|torch\.(load|save))\b")


def pickling(tree: ast.AST) -> Iterator[str]:
    """Calls in a source that could run code from data."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                used = [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names):
                used = [f"{module}.{alias.name}" for alias in names]
            case ast.Attribute():
                used = [ast.unparse(node)]
            case ast.keyword(arg="allow_pickle", value=value):
                used = ["pickle"] if ast.unparse(value) != "False" else []
            case ast.Call(func=function, keywords=keywords) if ast.unparse(function) == "np.load":
                used = [] if "allow_pickle" in {keyword.arg for keyword in keywords} else ["pickle"]
            case _:
                used = []
        if UNSAFE.search(" ".join(used)):
            yield ast.unparse(node)


@pytest.mark.parametrize("path", [*sources("vaelab", "pages", "assets"), PROJECT / "app.py"],
                         ids=lambda path: str(path.relative_to(PROJECT)))  # fmt: skip
def test_nothing_is_pickled(path):
    assert list(pickling(tree_of(path))) == []


@pytest.mark.parametrize(
    "code",
    ["import pickle", "from pickle import loads", "from torch import load", "torch.load(path)",
     "np.load(path)", "np.load(path, allow_pickle=True)", "pandas.read_pickle(path)", "import joblib"],
)  # fmt: skip
def test_what_counts_as_pickling(code):
    assert list(pickling(ast.parse(code)))
