"""Flags that several commands share: reading a recipe from them, and one-line messages about wrong ones."""

import argparse
import difflib
import os
import re
from collections.abc import Sequence
from typing import Any

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig, field_spec, read_config, with_changes
from vaelab.config.presets import FIRST_PRESET
from vaelab.engine.backends.local import THREADS_THAT_YIELD
from vaelab.settings import DEVICES


class Refused(Exception):
    """The command cannot be carried out; the text is one line for people."""


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations, and raises Refused instead of printing its usage."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, exit_on_error=False, **settings)

    def error(self, message: str) -> Any:
        """Raise Refused, where argparse would print the message and exit."""
        raise Refused(message)


def with_negative_numbers(arguments: Sequence[str]) -> list[str]:
    """Arguments with `--stop-loss -1e3` as `--stop-loss=-1e3`.

    argparse accepts only plain negative numbers such as -1 as values; it takes -1e3 for an option.
    """
    joined: list[str] = []
    for text in arguments:
        if (
            joined
            and joined[-1].startswith("--")
            and re.fullmatch(r"-[\d.]+(e[-+]?\d+)?", text, re.IGNORECASE)
        ):
            joined[-1] += f"={text}"
        else:
            joined.append(text)
    return joined


def about_value(error: argparse.ArgumentError) -> str:
    """One line about an option whose value is missing or wrong."""
    flag = error.argument_name or ""
    name = _field(flag)
    allowed = {"preset": ", ".join(PRESETS), "device": ", ".join(DEVICES)}.get(name)
    if name in FIELD_NAMES:
        allowed = field_spec(name).allowed
    if allowed and "expected" in error.message:
        return f"{flag}: needs a value: {allowed}."
    return f"{flag}: {error.message}"


def about_unknown(unknown: list[str], options: argparse.Namespace) -> str:
    """One line about the first argument that is not an option, with the options that exist."""
    flag = next((text for text in unknown if text.startswith("-")), unknown[0]).partition("=")[0]
    if "usage" in options:
        return f"{flag[:40]!r}: there is no such option; {options.usage}"
    own = ("sweep", "seeds") if "sweep" in options else ()
    flags = [_flag(name) for name in ("preset", *FIELD_NAMES, *own, "runs", "json", "device")]
    near = difflib.get_close_matches(flag, flags, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    if near and _field(near[0]) in FIELD_NAMES:
        meant = f" Did you mean {near[0]}, {field_spec(_field(near[0])).allowed}?"
    return f"{flag[:40]!r}: there is no such field.{meant} There are {', '.join(flags)}."


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _field(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")


def add_recipe(command: argparse.ArgumentParser) -> None:
    """Add the flags of a command that trains: the device, a preset, and every field."""
    command.add_argument("--device", help=f"{', '.join(DEVICES)}; else $VAELAB_DEVICE, else auto")
    command.add_argument("--preset", default=FIRST_PRESET, help=", ".join(PRESETS))
    for name in FIELD_NAMES:
        spec = field_spec(name)
        text = f"{spec.help} Must be {spec.allowed}.".replace("%", "%%")
        command.add_argument(_flag(name), dest=name, metavar="VALUE", help=text)


def recipe(options: argparse.Namespace) -> RunConfig:
    """The preset's config with the changes that the flags ask for; raises Refused."""
    if options.preset not in PRESETS:
        raise Refused(f"preset: must be one of {', '.join(PRESETS)}, not {options.preset!r}.")
    changes = {name: value for name in FIELD_NAMES if (value := getattr(options, name)) is not None}
    config, problems = read_config(with_changes(PRESETS[options.preset].config, changes))
    if config is None:
        raise Refused(" ".join(problems.values()))
    return config


def prepare_to_train(device: str | None) -> None:
    """Make PyTorch's idle threads yield, and choose the device; raises Refused if it is missing.

    Must be called before PyTorch is imported.
    """
    os.environ.update({name: value for name, value in THREADS_THAT_YIELD.items() if name not in os.environ})
    from vaelab.models.hardware import settle_device

    try:
        settle_device(device)
    except ValueError as error:
        raise Refused(str(error)) from error
