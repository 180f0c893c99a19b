"""A recipe as text to run elsewhere: one command line, or a few lines of Python.

Both state every field, so that they mean the same when a default or a preset has changed.
"""

import json
from typing import Any

from vaelab.config import FIELD_NAMES, RunConfig, as_text


def command_line(config: RunConfig) -> str:
    """The command that trains a recipe: one long line, because every shell breaks lines differently."""
    return " ".join(["python -m vaelab train", *(_option(config, name) for name in FIELD_NAMES)])


def _option(config: RunConfig, name: str) -> str:
    # The value consists of words and numbers only, so that no shell needs quotes.
    value = as_text(getattr(config, name))
    # After a space, argparse would take -1e-05 for the name of an option.
    separator = "=" if value.startswith("-") else " "
    return f"--{name.replace('_', '-')}{separator}{value}"


def python_code(config: RunConfig) -> str:
    """Python code that trains a recipe and defines `config` and `model`."""
    fields = "".join(f"    {name}={_literal(getattr(config, name))},\n" for name in FIELD_NAMES)
    return f"from vaelab import RunConfig, fit\n\nconfig = RunConfig(\n{fields})\nmodel = fit(config).model\n"


def _literal(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)
