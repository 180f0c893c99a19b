"""`python -m tests.support.golden`: train all presets for a moment and write what comes of it.

The file pins what training computes. Make it anew only when that is meant to change, or on another
machine, to have equality to the last bit tested there.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.support.environment import set_environment
from vaelab.paths import PROJECT

FILE = PROJECT / "tests" / "data" / "golden" / "losses.json"

Golden = dict[str, Any]
"""`machine`, what each of `presets` recorded, and what each one's script printed, under `scripts`."""


def read_golden() -> Golden:
    """What was written last."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def as_text(golden: Golden) -> str:
    """JSON with an event, a norm or a script a line, so that a difference shows where it is."""
    presets = {name: _preset_text(recorded) for name, recorded in golden["presets"].items()}
    scripts = {name: json.dumps(losses) for name, losses in golden["scripts"].items()}
    machine = json.dumps(golden["machine"], indent=1)
    return f'{{"machine": {machine},\n"presets": {_object(presets)},\n"scripts": {_object(scripts)}}}\n'


def _preset_text(recorded: dict[str, Any]) -> str:
    said = ",\n".join(json.dumps(event, allow_nan=False) for event in recorded["events"])
    norms = _object({name: json.dumps(norm) for name, norm in recorded["norms"].items()})
    return f'{{"events": [\n{said}],\n"norms": {norms}}}'


def _object(texts: dict[str, str]) -> str:
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {text}" for name, text in texts.items()) + "}"


def make_golden() -> Golden:
    """Train every preset, and run every preset's script."""
    from tests.support.golden_runs import trained
    from tests.support.golden_scripts import golden_scripts
    from tests.support.machine import machine
    from vaelab.config import PRESETS

    return {
        "machine": machine(),
        "presets": {name: trained(name) for name in PRESETS},
        "scripts": golden_scripts(),
    }


def main() -> None:
    """Write the file."""
    set_environment()  # before anything imports PyTorch
    FILE.write_text(as_text(make_golden()), encoding="utf-8")
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
