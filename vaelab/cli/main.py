"""The command line: `python -m vaelab app | train | sweep | runs | evaluate | export`."""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from vaelab.cli.app import become_the_app
from vaelab.cli.flags import (
    Parser,
    Refused,
    about_unknown,
    about_value,
    add_recipe,
    prepare_to_train,
    recipe,
    with_negative_numbers,
)
from vaelab.cli.output import NOBODY_READS, silence_closed_output
from vaelab.runs import Run, RunDamaged, RunNotFound, RunStore, default_root, explained
from vaelab.settings import SettingsError
from vaelab.sweeps.plan import MOST_SEEDS, SWEPT, plan, read_values

COMMANDS = ("app", "train", "sweep", "runs", "evaluate", "export")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    The exit status: 0 after success; 1 after a failure; 2 after a wrong request; 128 plus the number of the
    signal that ended the command: 130 after Ctrl-C, 141 if nobody reads the output any more.
    """
    try:
        try:
            options = _parsed(sys.argv[1:] if arguments is None else arguments)
            return int(options.command(options) or 0)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        silence_closed_output()
        return NOBODY_READS
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (Refused, RunNotFound, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except Exception as error:
        sentence = explained(error)
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        return 1


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    try:
        options, unknown = _parser().parse_known_args(with_negative_numbers(arguments))
    except argparse.ArgumentError as error:
        raise Refused(about_value(error)) from error
    if unknown:
        raise Refused(about_unknown(unknown, options))
    if "command" not in options:
        raise Refused(f"Give a command: {', '.join(COMMANDS)}; --help says more.")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m vaelab", description="Train and look at autoencoders.")
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=Parser)
    store = Parser(add_help=False)
    store.add_argument(
        "--runs",
        type=Path,
        default=default_root(),
        metavar="FOLDER",
        help="where the runs are; else $VAELAB_RUNS, else runs/",
    )
    app = commands.add_parser("app", help="start the app for yourself, on this machine only")
    app.set_defaults(command=_app)
    app.add_argument("--port", default="8501", help="else 8501")
    train = commands.add_parser(
        "train",
        parents=[store],
        help="train a model",
        epilog=(
            "Ctrl-C stops training in order: the run can be loaded and resumed, and the exit status is 130."
        ),
    )
    train.set_defaults(command=_train)
    train.add_argument("--json", action="store_true", help="one event a line, as JSON, on standard output")
    add_recipe(train)
    _add_sweep(
        commands.add_parser(
            "sweep",
            parents=[store],
            help="train with several values of a field",
            epilog="Ctrl-C stops the run in progress in order, and the sweep with it.",
        )
    )
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
    for command in (app, runs, evaluate, export):
        command.set_defaults(usage=" ".join(command.format_usage().split()))
    return parser


def _add_sweep(sweep: argparse.ArgumentParser) -> None:
    sweep.set_defaults(command=_sweep)
    sweep.add_argument(
        "--sweep",
        action="append",
        default=[],
        metavar="FIELD=VALUE,VALUE",
        help=(f"what varies, once or twice, such as beta=0.1,1,4; one of {', '.join(SWEPT)}"),
    )
    sweep.add_argument("--seeds", default="3", help=f"runs of each value, 1 to {MOST_SEEDS}; else 3")
    sweep.add_argument("--json", action="store_true", help="one run a line, as JSON, then the best values")
    add_recipe(sweep)


def _app(options: argparse.Namespace) -> NoReturn:
    if not options.port.isdecimal() or not 0 < int(options.port) < 65536:
        raise Refused(f"--port: must be a whole number from 1 to 65535, not {options.port!r}.")
    become_the_app(options.port)


def _train(options: argparse.Namespace) -> int:
    config = recipe(options)
    prepare_to_train(options.device)
    from vaelab.cli.train import train_here

    return train_here(config, RunStore(options.runs), device=options.device, as_json=options.json)


def _sweep(options: argparse.Namespace) -> int:
    base = recipe(options)
    if not options.sweep:
        raise Refused("--sweep: needs a field and values, such as --sweep beta=0.1,1,4.")
    parts = (text.partition("=") for text in options.sweep)
    varied = [(name.replace("-", "_"), read_values(values)) for name, _, values in parts]
    if not options.seeds.isdecimal():
        raise Refused(f"seeds: must be a whole number from 1 to {MOST_SEEDS}, not {options.seeds!r}.")
    try:
        sweep = plan(base, varied, int(options.seeds))
    except ValueError as error:
        raise Refused(str(error)) from error
    prepare_to_train(options.device)
    from vaelab.cli.sweep import sweep_here

    return sweep_here(sweep, RunStore(options.runs), device=options.device, as_json=options.json)


def _runs(options: argparse.Namespace) -> None:
    rows = [_row(run) for run in RunStore(options.runs).runs()]
    for row in rows:
        text = f"{row['run']:34}{row['state']:12}{row['epoch']:>7.4g}  {row['title']}"
        sys.stdout.write(f"{json.dumps(row) if options.json else text}\n")
    if not rows and not options.json:
        sys.stdout.write(f"No runs in {options.runs} yet: python -m vaelab train makes one.\n")


def _row(run: Run) -> dict[str, Any]:
    try:
        status = run.status()
        return {"run": run.id, "state": status.state, "epoch": status.epoch, "title": run.title}
    except RunDamaged as error:
        return {"run": run.id, "state": "damaged", "epoch": 0.0, "title": str(error)}


def _evaluate(options: argparse.Namespace) -> None:
    run = _with_weights(options)
    from vaelab.cli.evaluate import evaluate_here

    evaluate_here(run, as_json=options.json)


def _with_weights(options: argparse.Namespace) -> Run:
    run = RunStore(options.runs).find(options.run)
    if not run.has_model():
        raise Refused(f"Run {run.id} has no weights yet.")
    return run


def _export(options: argparse.Namespace) -> None:
    run = _with_weights(options)
    options.output.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "model.safetensors"):
        sys.stdout.write(f"{shutil.copyfile(run.path / name, options.output / name)}\n")
