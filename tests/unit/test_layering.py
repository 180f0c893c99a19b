"""Who may import whom: read from the source, and seen in fresh processes."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import vaelab
from vaelab.paths import PROJECT

# Groups of modules, and which other groups each may import. The graph has one direction: what
# stands above is imported by what stands below, and never the other way round.
GROUPS = {
    "parts": "downloads drawing events files glossary hidden images logs mixture pace palette pca planes "
    "processors settings status totals unpacking walks",
    "recipe": "comparison config datasets facts failures fields hints layers lessons listing portable "
    "presets recipes sweep sweep_results",
    "figures": "animation comparison_curves figure_parts figures latent_map lesson_figures loss_curves "
    "step_figures sweep_curves sweep_figures sweep_heat",
    "runs": "arrays history measures moments recording recordings run_folder runs summaries thinning "
    "transfer untrusted",
    "model": "convolutions demonstrations evaluation explain hardware latent model networks objective "
    "optimizers preview randomness",
    "training": "checkpoints session training",
    "trained": "measuring trained",
    "engine": "admission asking crew dispatch engine liveness measurers processes queueing waits",
    "programs": "__main__ cli_evaluation cli_output cli_parsing cli_sweep cli_training measurer worker",
    "ui": "ui",
    "pages": "pages",
}  # fmt: skip

MAY_IMPORT = {
    "parts": "",
    "recipe": "parts",
    "figures": "parts recipe",
    "runs": "parts recipe",
    "model": "parts recipe",
    "training": "parts recipe model",
    "trained": "parts recipe runs model",
    "engine": "parts recipe runs",
    "programs": "parts recipe runs model training trained engine",
    "ui": "parts recipe figures runs model trained engine",
    "pages": "parts recipe figures runs ui",
}

# Groups that are importable without PyTorch: whatever the server and the command line need at their start.
LIGHT = ("parts", "recipe", "figures", "runs", "engine", "ui", "pages")

GROUP_OF = {module: group for group, modules in GROUPS.items() for module in modules.split()}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    """`vaelab.models.autoencoder` of vaelab/model.py; `vaelab.teaching.glossary` of its __init__.py."""
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sources("vaelab", "pages")}


def group(module: str) -> str:
    parts = module.split(".")
    return GROUP_OF["pages" if parts[0] == "pages" else parts[1]]


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
    """The module that `from module import name` brings in."""
    if f"{module}.{name}" in MODULES:
        return f"{module}.{name}"
    return vaelab._HOME[name] if module == "vaelab" else module


@cache
def imports_of(module: str, at_load: bool) -> frozenset[str]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return frozenset(imported(tree, at_load=at_load))


def loaded_with(module: str) -> set[str]:
    """All that is imported when a module is, ours and others', by what the sources say."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        new = imports_of(waiting.pop(), at_load=True) - found
        found |= new
        waiting += [name for name in new if name in MODULES]
    return found


def top(module: str) -> str:
    return module.split(".")[0]


OURS = [module for module in MODULES if module != "vaelab"]


def test_every_module_has_its_place():
    assert {module.split(".")[1] for module in OURS if module.startswith("vaelab.")} == set(GROUP_OF) - {
        "pages"
    }
    assert set(GROUPS) == set(MAY_IMPORT)


def test_the_groups_have_an_order():
    order = list(GROUPS)
    for name, others in MAY_IMPORT.items():
        assert all(order.index(other) < order.index(name) for other in others.split()), name


@pytest.mark.parametrize("module", OURS)
def test_imports_point_one_way(module):
    """Those within functions too."""
    ours = {name for name in imports_of(module, at_load=False) if name in MODULES and name != "vaelab"}
    allowed = {group(module), *MAY_IMPORT[group(module)].split()}
    assert {name: group(name) for name in ours if group(name) not in allowed} == {}


@pytest.mark.parametrize("module", OURS)
def test_no_module_imports_itself_in_a_circle(module):
    assert module not in loaded_with(module)


@pytest.mark.parametrize("module", OURS)
def test_who_may_import_streamlit_plotly_and_pytorch(module):
    everywhere = {top(name) for name in imports_of(module, at_load=False)}
    assert "streamlit" not in everywhere or group(module) in ("ui", "pages")
    assert "plotly" not in everywhere or group(module) in ("figures", "ui", "pages")
    if group(module) in LIGHT:
        assert "torch" not in {top(name) for name in loaded_with(module)}


# The same in fresh processes, where what libraries import counts too


@pytest.mark.parametrize(
    ("statement", "without"),
    [
        ("import vaelab", "torch streamlit plotly pydantic"),
        ("from vaelab import PRESETS, RunConfig, RunStore, DATASETS", "torch streamlit plotly"),
        ("import vaelab.cli.main", "torch streamlit plotly"),
        ("import vaelab.engine.engine", "torch streamlit plotly"),
        ("import vaelab.training.loop, vaelab.workers.train, vaelab.analysis.load", "streamlit plotly"),
        ("from vaelab import train, fit, load_run, evaluate", "streamlit plotly"),
        ("import vaelab.figures.explore", "torch streamlit"),
        ("import app", "torch"),
    ],
)
def test_what_an_import_brings_in(statement, without):
    code = f"import sys; {statement}; print(*set({without.split()}) & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )  # fmt: skip
    assert done.stdout.strip() == ""


# Nothing is unpickled


UNSAFE = re.compile(r"\b((read_|to_)?pickle|dill|cloudpickle|joblib|shelve|marshal|torch\.(load|save))\b")


def pickling(tree: ast.AST) -> Iterator[str]:
    """Whatever in a source could run code that comes with data."""
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
    assert list(pickling(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    ["import pickle", "from pickle import loads", "from torch import load", "torch.load(path)",
     "np.load(path)", "np.load(path, allow_pickle=True)", "pandas.read_pickle(path)", "import joblib"],
)  # fmt: skip
def test_what_counts_as_pickling(code):
    assert list(pickling(ast.parse(code)))
