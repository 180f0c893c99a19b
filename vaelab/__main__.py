"""The command line: `python -m vaelab train | runs | evaluate | export`."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vaelab.cli_output import NOBODY_READS, silence_closed_output
from vaelab.config import RunConfig, with_changes
from vaelab.downloads import DatasetUnavailable
from vaelab.fields import FIELD_NAMES, field_spec, read_config
from vaelab.presets import PRESETS
from vaelab.processes import THREADS_THAT_YIELD
from vaelab.runs import Run, RunDamaged, RunNotFound, RunStore, default_root

COMMANDS = ("train", "runs", "evaluate", "export")
DEVICES = ("auto", "cpu", "cuda", "mps")


class Refused(Exception):
    """What was asked cannot be done; the text is one line for people."""


class _Parser(argparse.ArgumentParser):
    """Takes no abbreviations, and raises Refused instead of printing its usage."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, exit_on_error=False, **settings)

    def error(self, message: str) -> Any:
        raise Refused(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    The exit status: 0; 1 if something failed; 2 if it was asked wrongly; 128 and a signal's number
    if it was ended by one: 130 for Ctrl-C, 141 if nobody reads the output any more.
    """
    try:
        try:
            options = _parsed(sys.argv[1:] if arguments is None else arguments)
            return int(options.command(options))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        silence_closed_output()
        return NOBODY_READS
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (Refused, RunNotFound) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (RunDamaged, DatasetUnavailable, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    try:
        options, unknown = _parser().parse_known_args(_with_negative_numbers(arguments))
    except argparse.ArgumentError as error:
        raise Refused(_explained(error)) from error
    if unknown:
        raise Refused(_no_such(unknown, options))
    if "command" not in options:
        raise Refused(f"Give a command: {', '.join(COMMANDS)}; --help says more.")
    return options


def _with_negative_numbers(arguments: Sequence[str]) -> list[str]:
    """`--stop-loss -1e3` as `--stop-loss=-1e3`: argparse takes only plain negative numbers for values."""
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


def _explained(error: argparse.ArgumentError) -> str:
    flag = error.argument_name or ""
    name = _field(flag)
    allowed = {"preset": ", ".join(PRESETS), "device": ", ".join(DEVICES)}.get(name)
    if name in FIELD_NAMES:
        allowed = field_spec(name).allowed
    if allowed and "expected" in error.message:
        return f"{flag}: needs a value: {allowed}."
    return f"{flag}: {error.message}"


def _no_such(unknown: list[str], options: argparse.Namespace) -> str:
    """One line about the first argument that no option takes, and about those there are."""
    flag = next((text for text in unknown if text.startswith("-")), unknown[0]).partition("=")[0]
    if "usage" in options:
        return f"{flag[:40]!r}: there is no such option; {options.usage}"
    flags = [_flag(name) for name in ("preset", *FIELD_NAMES, "runs", "json", "device")]
    near = difflib.get_close_matches(flag, flags, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    if near and _field(near[0]) in FIELD_NAMES:
        meant = f" Did you mean {near[0]}, {field_spec(_field(near[0])).allowed}?"
    return f"{flag[:40]!r}: there is no such field.{meant} There are {', '.join(flags)}."


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _field(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m vaelab", description="Train and look at autoencoders.")
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    store = _Parser(add_help=False)
    store.add_argument("--runs", type=Path, default=default_root(), metavar="FOLDER",
                       help="where the runs are; else $VAELAB_RUNS, else runs/")  # fmt: skip
    _add_train(commands.add_parser("train", parents=[store], help="train a model", epilog=(
        "Ctrl-C stops training in order: the run can be loaded and resumed, and the exit status is 130."
    )))  # fmt: skip
    runs = commands.add_parser("runs", parents=[store], help="list the runs")
    runs.set_defaults(command=_runs)
    evaluate = commands.add_parser("evaluate", parents=[store], help="evaluate a run on the test images")
    evaluate.set_defaults(command=_evaluate)
    for command in (runs, evaluate):
        command.add_argument("--json", action="store_true", help="JSON on standard output")
    export = commands.add_parser("export", parents=[store], help="copy config and weights of a run")
    export.set_defaults(command=_export)
    for command in (evaluate, export):
        command.add_argument("run", metavar="RUN", help="its id, or the start of it")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="made if missing")
    for command in (runs, evaluate, export):
        command.set_defaults(usage=" ".join(command.format_usage().split()))
    return parser


def _add_train(train: argparse.ArgumentParser) -> None:
    train.set_defaults(command=_train)
    train.add_argument("--json", action="store_true", help="one event a line, as JSON, on standard output")
    train.add_argument("--device", help=f"{', '.join(DEVICES)}; else $VAELAB_DEVICE, else auto")
    train.add_argument("--preset", default="vae-2d", help=", ".join(PRESETS))
    for name in FIELD_NAMES:
        spec = field_spec(name)
        text = f"{spec.help} Must be {spec.allowed}.".replace("%", "%%")
        train.add_argument(_flag(name), dest=name, metavar="VALUE", help=text)


def recipe(options: argparse.Namespace) -> RunConfig:
    """The preset's config with the given fields changed; raises Refused."""
    if options.preset not in PRESETS:
        raise Refused(f"preset: must be one of {', '.join(PRESETS)}, not {options.preset!r}.")
    given = {name: value for name in FIELD_NAMES if (value := getattr(options, name)) is not None}
    config, problems = read_config(with_changes(PRESETS[options.preset].config, given))
    if config is None:
        raise Refused(" ".join(problems.values()))
    return config


def _train(options: argparse.Namespace) -> int:
    config = recipe(options)
    os.environ.update({name: value for name, value in THREADS_THAT_YIELD.items() if name not in os.environ})
    from vaelab.cli_training import train_here
    from vaelab.hardware import settle_device

    try:
        settle_device(options.device)
    except ValueError as error:
        raise Refused(str(error)) from error
    return train_here(config, RunStore(options.runs), device=options.device, as_json=options.json)


def _runs(options: argparse.Namespace) -> int:
    rows = [_row(run) for run in RunStore(options.runs).runs()]
    if options.json:
        for row in rows:
            sys.stdout.write(json.dumps(row) + "\n")
        return 0
    for row in rows:
        sys.stdout.write(f"{row['run']:34}{row['state']:12}{row['epoch']:>7.4g}  {row['title']}\n")
    if not rows:
        sys.stdout.write(f"No runs in {options.runs} yet: python -m vaelab train makes one.\n")
    return 0


def _row(run: Run) -> dict[str, Any]:
    try:
        status = run.status()
        return {"run": run.id, "state": status.state, "epoch": status.epoch, "title": run.title}
    except RunDamaged as error:
        return {"run": run.id, "state": "damaged", "epoch": 0.0, "title": str(error)}


def _evaluate(options: argparse.Namespace) -> int:
    from vaelab.datasets import load
    from vaelab.evaluation import evaluate
    from vaelab.hardware import cpu_settings
    from vaelab.trained import load_run

    run = _with_weights(options)
    trained = load_run(run)
    with cpu_settings(max(1, run.status().threads)):  # as in training: the same numbers to the last digit
        result = evaluate(trained.model, load(trained.config.dataset).x_test)
    values = {name: getattr(result, name) for name in ("recon", "kl", "neg_elbo", "mse", "kl_per_dim")}
    if options.json:
        sys.stdout.write(json.dumps({"run": trained.run.id, **values}) + "\n")
        return 0
    sys.stdout.write(f"{trained.run.title}, test images\n")
    units = {"recon": "nats per image", "kl": "nats per image", "neg_elbo": "nats per image",
             "mse": "per pixel"}  # fmt: skip
    for name, unit in units.items():
        shown = "not defined for an AE" if values[name] is None else f"{values[name]:.4f} {unit}"
        sys.stdout.write(f"  {name:9}{shown}\n")
    return 0


def _with_weights(options: argparse.Namespace) -> Run:
    run = RunStore(options.runs).find(options.run)
    if not run.has_model():
        raise Refused(f"Run {run.id} has no weights yet.")
    return run


def _export(options: argparse.Namespace) -> int:
    run = _with_weights(options)
    options.output.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(run.path / name, options.output / name)
    sys.stdout.write(f"{options.output / 'config.json'}\n{options.output / 'model.safetensors'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
