"""Listings are whole, plain programs of just what a recipe needs; what they compute is tested beside."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from vaelab.config import PRESETS, RunConfig
from vaelab.export.script import file_stem, notebook, script, sections
from vaelab.training.session import SIGMA_WINDOW

CONFIGS = {name: preset.config for name, preset in PRESETS.items()} | {
    "one-dimension": RunConfig(latent_dim=1, train_size=10, epochs=1),
    "gd": RunConfig(optimizer="gd", lr_schedule="constant", model="ae"),
    "gd-all": RunConfig(
        optimizer="gd", reconstruction="mse", beta=4, beta_warmup=2.5, stop_loss=-3.5, held_out=100,
        train_size=2_000, corruption="gaussian", precision="bf16",
    ),
    "all": RunConfig(
        dataset="fashion-mnist", reconstruction="mse", beta=0.5, beta_warmup=2, stop_loss=12, held_out=100,
        corruption="mask", precision="bf16", optimizer="adamw", activation="gelu",
    ),
    "ae-all": RunConfig(
        model="ae", dataset="cifar10", architecture="conv", hidden="8-16-16/none/32", reconstruction="mse",
        sigma=0.1, stop_loss=1e-05, held_out=100, corruption="mask", corruption_strength=1.0,
        precision="bf16", optimizer="rmsprop", activation="tanh", code_activation="relu", beta_warmup=2,
    ),
    "constant": RunConfig(
        dataset="emnist-letters", lr_schedule="constant", optimizer="momentum", beta_warmup=1,
        activation="sigmoid", corruption="mask", corruption_strength=0,
    ),
}  # fmt: skip
every_config = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)


def names_in(text: str) -> set[str]:
    """Every name, attribute and argument of a program."""
    nodes = list(ast.walk(ast.parse(text)))
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    return named | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def ruff(text: str, *arguments: str) -> str:
    # Not the project's own settings: those of the stranger who reads it.
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", "--line-length", "110"]
    return subprocess.run(
        [*command, *arguments, "-"], input=text, capture_output=True, text=True
    ).stdout  # fmt: skip


@every_config
def test_a_script_has_no_name_too_few_or_too_many(config: RunConfig) -> None:
    assert ruff(script(config), "--select", "E,F,I,B,W,F841") == ""


@every_config
def test_a_script_stands_alone(config: RunConfig) -> None:
    tree = ast.parse(script(config))
    modules = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import)
               for alias in node.names}  # fmt: skip
    modules |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules <= {"math", "os", "numpy", "torch", "torchvision"}


@every_config
def test_a_notebook_is_valid_and_has_the_code_of_the_script(config: RunConfig) -> None:
    book = nbformat.reads(notebook(config), as_version=4)
    nbformat.validate(book)
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert code == [part.code for part in sections(config)]
    assert all(text in script(config) for text in code)
    for cell in book.cells:
        if cell.cell_type == "markdown":
            assert cell.source.count("$") % 2 == 0
            assert "\\\\" not in cell.source, "an equation with doubled backslashes"


@every_config
def test_a_listing_has_only_what_its_recipe_needs(config: RunConfig) -> None:
    names = names_in(script(config))
    assert ("kl_divergence" in names) == ("logvar" in names) == (config.model == "vae")
    assert ("sigma" in names) == (config.reconstruction == "mse")
    assert ("Conv2d" in names) == (config.architecture == "conv")
    assert ("corrupt" in names) == (config.corruption != "none" and config.corruption_strength > 0)
    assert ("one_cycle" in names) == (config.lr_schedule == "one-cycle")
    assert ("x_held_out" in names) == (config.held_out > 0)
    assert ("epoch_objective" in names) == (config.stop_loss is not None)
    assert ("autocast" in names) == (config.precision == "bf16")
    assert ("beta_warmup" in names) == (config.model == "vae" and config.beta_warmup > 0)
    assert ("beta" in names) == (config.model == "vae" and (config.beta != 1 or config.beta_warmup > 0))
    branches = [node for node in ast.walk(ast.parse(script(config))) if isinstance(node, ast.If)]
    assert len(branches) == 1 + (config.stop_loss is not None) + 1, "where from, which layers, when to stop"


@every_config
def test_a_file_is_named_for_its_recipe(config: RunConfig) -> None:
    assert file_stem(config).isidentifier()
    assert f"{file_stem(config)}.py" in script(config)


def test_sigma_averages_over_as_many_images_as_ours() -> None:
    assert f"/ {SIGMA_WINDOW:_})" in script(RunConfig(reconstruction="mse"))


def test_every_recipe_runs(tmp_path: Path) -> None:
    """All of them for a moment, in one process: nothing that is written is out of place."""
    programs = []
    for name, config in CONFIGS.items():
        programs.append(tmp_path / f"{name}.py")
        programs[-1].write_text(script(config.variant(epochs=min(2, config.epochs))))
    code = (
        "import json, os, runpy, sys\n"
        "import numpy as np\n"
        "for path, shape in json.load(sys.stdin):\n"
        "    images = np.random.default_rng(0).integers(0, 256, (240, *shape), np.uint8)\n"
        "    np.savez('tiny.npz', x_train=images, x_test=images[:20])\n"
        "    os.environ['DATA'] = 'tiny.npz'\n"
        "    print('#', path)\n"
        "    runpy.run_path(path)\n"
    )
    shapes = [(3, 32, 32) if config.dataset == "cifar10" else (28, 28) for config in CONFIGS.values()]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        input=json.dumps([(str(path), shape) for path, shape in zip(programs, shapes, strict=True)]),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = done.stdout.split("# ")[1:]
    assert len(said) == len(CONFIGS)
    for text, config in zip(said, CONFIGS.values(), strict=True):
        assert "epoch 1: test recon" in text
        assert ("kl" in text.split("\n", 1)[1]) == (config.model == "vae")
        assert "nan" not in text.split("\n", 1)[1]
