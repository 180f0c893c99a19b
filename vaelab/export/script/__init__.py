"""A recipe as a self-contained PyTorch script, and as a notebook, with exactly its model and its training.

script(RunConfig())      # Python that needs torch and torchvision, but not vaelab
notebook(RunConfig())    # the same in cells, between texts and equations: the JSON of an .ipynb file

Both consist of the same sections, which contain only what the recipe uses. They prefer short code to the
speed of `vaelab.training.loop` and draw other random numbers, so that losses are the same up to chance.
"""

import json
import re
from typing import Any

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.export.script.loss import evaluation, loss
from vaelab.export.script.network import model
from vaelab.export.script.section import Section
from vaelab.export.script.setup import data, settings
from vaelab.export.script.training import training
from vaelab.networks.sizes import network_type
from vaelab.words import counted


def sections(config: RunConfig) -> list[Section]:
    """The steps of a listing in their order."""
    return [part(config) for part in (settings, data, model, loss, evaluation, training)]


def script(config: RunConfig) -> str:
    """Python that trains the recipe and prints a line of test losses after every epoch."""
    imports, *others = sections(config)
    parts = [f'"""{_title(config)}\n\n{_how_to_run(config)}\n"""', imports.code]
    text = "\n\n".join(parts) + "".join(
        f"\n\n\n# {number}. {part.title}\n\n{part.code}" for number, part in enumerate(others, 1)
    )
    # Style allows two empty lines, not more.
    return re.sub(r"\n{4,}", "\n\n\n", text) + "\n"


def notebook(config: RunConfig) -> str:
    """The same sections as a Jupyter notebook, format 4.5, without output."""
    cells = [_cell(0, "markdown", f"# {_title(config)}\n\n{_INTRODUCTION}")]
    for part in sections(config):
        cells.append(_cell(len(cells), "markdown", f"## {part.title}\n\n{part.words}"))
        cells.append(_cell(len(cells), "code", part.code))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def file_stem(config: RunConfig) -> str:
    """The name of the script's or notebook's file without its ending, such as `vae_mnist`."""
    return f"{config.model}_{config.dataset}".replace("-", "_")


_INTRODUCTION = (
    "The model and the training of one recipe of VAE Lab, complete, in plain PyTorch. It needs `torch` and "
    "`torchvision`. Names in the code are those of the equations."
)


def _title(config: RunConfig) -> str:
    noun = config.traits.noun
    if config.corruption != "none" and config.corruption_strength > 0:
        noun = f"denoising {noun}"
    kind = f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"
    spec = DATASETS[config.dataset]
    network = "dense layers" if network_type(config, spec.shape) == "dense" else "convolutions"
    numbers = counted(config.latent_dim, "number")
    return f"{kind} of {spec.title}: {network}, a code of {numbers}."


def _how_to_run(config: RunConfig) -> str:
    return (
        f"Run it with: python {file_stem(config)}.py    (needs torch and torchvision)\n"
        "Losses are in nats per image: summed over pixels and latent dimensions, averaged over images."
    )


def _cell(number: int, kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
