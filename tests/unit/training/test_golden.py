"""Training computes the losses of the golden file, which `python -m tests.support.golden` makes."""

from __future__ import annotations

import copy
import json
import math

import pytest

from tests.support.golden import Golden, as_text
from tests.support.golden_check import FIRST, LATER, differences, script_differences
from tests.support.golden_runs import Recorded, in_two_parts, trained
from tests.support.golden_scripts import golden_scripts
from vaelab.config import PRESETS

LONG = {"conv-vae", "conv-vae-keras"}
"""Presets whose short trainings still take seconds."""


def losses(recorded: Recorded) -> list[list[float]]:
    return [[event["recon"], event["mse"]] for event in recorded["events"] if event["event"] == "evaluated"]


def test_the_golden_file_has_losses_of_every_preset(golden: Golden) -> None:
    assert list(golden["presets"]) == list(golden["scripts"]) == list(PRESETS)
    for name, recorded in golden["presets"].items():
        steps = [event["step"] for event in recorded["events"] if event["event"] == "step"]
        assert steps == list(range(1, len(steps) + 1))
        assert len(steps) >= 16
        assert len(losses(recorded)) == len(golden["scripts"][name]) == 2
        assert min(recorded["norms"].values()) > 0


def test_it_reads_as_it_was_written(golden: Golden) -> None:
    assert json.loads(as_text(golden)) == golden


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.quality if name in LONG else ()) for name in PRESETS]
)
def test_a_preset_trains_as_it_did(name: str, golden: Golden, exactly: bool) -> None:
    assert differences(name, golden["presets"][name], trained(name), exactly=exactly) == []


@pytest.mark.parametrize(("name", "after"), [("vae-256", 17), ("denoising-ae", 7)])
def test_a_training_with_a_break_is_the_same_training(
    name: str, after: int, golden: Golden, exactly: bool
) -> None:
    """`vae-256` stops in epoch 2, with noise and a sigma; `denoising-ae` in epoch 1, with masks."""
    first, rest = in_two_parts(name, after)
    started, *others = rest["events"]
    assert first["events"][-1]["step"] == started["step"] == after
    whole: Recorded = {"events": first["events"] + others, "norms": rest["norms"]}
    assert whole == trained(name)
    assert differences(name, golden["presets"][name], whole, exactly=exactly) == []


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([name for name in PRESETS if name not in LONG], id="short"),
        pytest.param([name for name in PRESETS if name in LONG], id="long", marks=pytest.mark.quality),
    ],
)
def test_the_scripts_of_presets_train_as_they_did(names: list[str], golden: Golden, exactly: bool) -> None:
    found = golden_scripts(names)
    for name in names:
        assert script_differences(name, golden["scripts"][name], found[name], exactly=exactly) == []


# The check itself


def changed(recorded: Recorded, index: int, field: str, factor: float) -> Recorded:
    """Events with one number changed."""
    other = copy.deepcopy(recorded)
    other["events"][index][field] *= factor
    return other


@pytest.mark.parametrize("name", PRESETS)
def test_one_bit_is_a_difference(name: str, golden: Golden) -> None:
    recorded = golden["presets"][name]
    bit = 1 + math.ulp(1.0)
    for index, event in enumerate(recorded["events"]):
        other = changed(recorded, index, "mean_image_loss" if event["event"] == "started" else "recon", bit)
        (said,) = differences(name, recorded, other, exactly=True)
        assert f"event {index} " in said
        assert differences(name, recorded, other, exactly=False) == []
    for tensor, norm in recorded["norms"].items():
        other = {**recorded, "norms": recorded["norms"] | {tensor: norm * bit}}
        (said,) = differences(name, recorded, other, exactly=True)
        assert f"norm: {tensor} " in said


@pytest.mark.parametrize(("index", "least"), [(1, FIRST), (3, FIRST), (15, LATER), (-1, LATER)])
def test_what_counts_as_a_difference_elsewhere(index: int, least: float, golden: Golden) -> None:
    recorded = golden["presets"]["denoising-ae"]
    for more in (-least, least):
        near, far = (changed(recorded, index, "recon", 1 + share * more) for share in (0.9, 1.2))
        assert differences("denoising-ae", recorded, near, exactly=False) == []
        assert differences("denoising-ae", recorded, far, exactly=False) != []


def test_what_is_missing_is_a_difference(golden: Golden) -> None:
    recorded = golden["presets"]["vae-2d"]
    fewer: Recorded = {**recorded, "events": recorded["events"][:-1]}
    without: Recorded = copy.deepcopy(recorded)
    without["events"][-1]["kl_per_dim"].pop()
    other_weights: Recorded = {**recorded, "norms": recorded["norms"] | {"more": 1.0}}
    for found in (fewer, without, other_weights):
        assert differences("vae-2d", recorded, found, exactly=False) != []
        assert differences("vae-2d", recorded, found, exactly=True) != []


def test_what_a_script_prints_is_compared(golden: Golden) -> None:
    expected = golden["scripts"]["vae-2d"]
    near = [[1.005 * number for number in row] for row in expected]
    assert script_differences("vae-2d", expected, expected, exactly=True) == []
    assert script_differences("vae-2d", expected, near, exactly=False) == []
    for other, exactly in ((near, True), ([[2 * number for number in row] for row in expected], False)):
        assert script_differences("vae-2d", expected, other, exactly=exactly) != []
    assert script_differences("vae-2d", expected, expected[:1], exactly=False) != []
