"""The command line: `python -m vaelab train | runs | evaluate | export`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vaelab.config import RunConfig
from vaelab.fields import FIELD_NAMES, field_spec, read_config
from vaelab.presets import PRESETS
from vaelab.processes import THREADS_THAT_YIELD
from vaelab.runs import Run, RunDamaged, RunNotFound, RunStore, default_root


class Refused(Exception):
    """What was asked cannot be done; the text is one line for people."""


class _Parser(argparse.ArgumentParser):
    """Errors in one line, without the usage."""

    def error(self, message: str) -> Any:
        """Exit with status 2."""
        self.exit(2, f"{message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 if a run failed, 2 if it was asked wrongly."""
    options = _parser().parse_args(arguments)
    if options.device:
        os.environ["VAELAB_DEVICE"] = options.device
    try:
        return int(options.command(options))
    except (Refused, RunNotFound, RunDamaged) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m vaelab", description="Train and look at autoencoders.", allow_abbrev=False
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    common = _Parser(add_help=False, allow_abbrev=False)
    common.add_argument("--runs", type=Path, default=default_root(), help="folder of the runs")
    common.add_argument("--json", action="store_true", help="JSON on standard output")
    common.add_argument("--device", help="auto, cpu, cuda or mps")

    train = commands.add_parser("train", parents=[common], help="train a model", allow_abbrev=False)
    train.set_defaults(command=_train)
    train.add_argument("--preset", default="vae-2d", help=", ".join(PRESETS))
    for name in FIELD_NAMES:
        spec = field_spec(name)
        text = f"{spec.help} Must be {spec.allowed}.".replace("%", "%%")
        train.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar="VALUE", help=text)

    runs = commands.add_parser("runs", parents=[common], help="list the runs", allow_abbrev=False)
    runs.set_defaults(command=_runs)
    evaluate = commands.add_parser("evaluate", parents=[common], help="evaluate a run on the test images")
    evaluate.set_defaults(command=_evaluate)
    evaluate.add_argument("run", metavar="RUN", help="the start of its id")
    export = commands.add_parser("export", parents=[common], help="copy config and weights of a run")
    export.set_defaults(command=_export)
    export.add_argument("run", metavar="RUN", help="the start of its id")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="made if missing")
    return parser


def recipe(options: argparse.Namespace) -> RunConfig:
    """The preset's config with the given fields changed; raises Refused."""
    if options.preset not in PRESETS:
        raise Refused(f"preset: must be one of {', '.join(PRESETS)}, not {options.preset!r}.")
    given = {name: value for name in FIELD_NAMES if (value := getattr(options, name)) is not None}
    values = PRESETS[options.preset].config.model_dump()
    # What follows from another field follows it here too, unless it is given.
    if {"optimizer", "lr_schedule"} & given.keys():
        values["learning_rate"] = None
    if "architecture" in given:
        values["hidden"] = None
    config, problems = read_config({**values, **given})
    if config is None:
        raise Refused(" ".join(problems.values()))
    return config


def _train(options: argparse.Namespace) -> int:
    config = recipe(options)
    os.environ.update({name: value for name, value in THREADS_THAT_YIELD.items() if name not in os.environ})
    from vaelab.cli_training import train_here

    return train_here(config, RunStore(options.runs), options.json)


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
    from vaelab.trained import load_run

    trained = load_run(RunStore(options.runs).find(options.run))
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


def _export(options: argparse.Namespace) -> int:
    run = RunStore(options.runs).find(options.run)
    if not run.has_model():
        raise Refused(f"Run {run.id} has no weights yet.")
    options.output.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(run.path / name, options.output / name)
    sys.stdout.write(f"{options.output / 'config.json'}\n{options.output / 'model.safetensors'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
