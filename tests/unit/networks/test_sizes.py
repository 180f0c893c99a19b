"""Sizes and times that a page promises before the start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.config import PRESETS, RunConfig
from vaelab.data import DATASETS
from vaelab.engine.estimates import expected_wait
from vaelab.networks.sizes import expected_seconds, facts, images_a_pass, network_type, work
from vaelab.words import duration

MNIST = DATASETS["mnist"]


def test_steps_an_epoch_round_up_and_gradient_descent_has_one() -> None:
    assert facts(RunConfig(batch_size=256), MNIST).steps_per_epoch == 235
    assert facts(RunConfig(optimizer="gd"), MNIST).steps_per_epoch == 1
    assert facts(RunConfig(train_size=100, batch_size=256), MNIST).steps_per_epoch == 1


def test_a_data_set_gives_no_more_images_than_it_has() -> None:
    assert facts(RunConfig(train_size=1_000_000), MNIST).train_images == 60_000


def test_work_is_proportional_to_epochs_and_grows_with_the_network() -> None:
    assert work(RunConfig(epochs=10), MNIST) == pytest.approx(10 * work(RunConfig(epochs=1), MNIST))
    assert work(RunConfig(hidden="1024"), MNIST) > work(RunConfig(hidden="400"), MNIST)


def test_expected_time_is_work_over_measured_speed() -> None:
    config = RunConfig()
    assert expected_seconds(config, MNIST, work(config, MNIST) / 12) == pytest.approx(12)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s"), (9.4, "about 9 s"), (43, "about 45 s"), (100, "about 2 min"), (7200, "about 2.0 h")],
)
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_run_waits_until_those_before_it_leave_threads_free() -> None:
    assert expected_wait([], [], 2, 2) == 0
    assert expected_wait([(30.0, 2)], [], 2, 2) == 30
    assert expected_wait([(30.0, 2)], [(10.0, 2), (5.0, 2)], 2, 2) == 45
    assert expected_wait([(30.0, 1), (20.0, 1)], [(4.0, 1)], 1, 2) == 24, "side by side"
    assert expected_wait([(30.0, 1), (20.0, 1)], [], 2, 2) == 30, "it needs both"
    assert expected_wait([(30.0, 2)], [], 8, 2) == 30, "of another machine, which had more threads"


@given(st.lists(st.floats(0, 1e6), max_size=2), st.lists(st.floats(0, 1e6), max_size=6), st.floats(0, 1e6))
def test_whoever_comes_later_waits_no_shorter(
    running: list[float], ahead: list[float], another: float
) -> None:
    left, before = [(seconds, 1) for seconds in running], [(seconds, 1) for seconds in ahead]
    assert expected_wait(left, [*before, (another, 1)], 1, 2) >= expected_wait(left, before, 1, 2)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)], ids=str)
def test_the_images_of_a_pass_follow_from_what_the_weights_meet(shape: tuple[int, int, int]) -> None:
    """Trained runs depend on these numbers to the last bit: each pass draws its own noise."""
    dense = [preset.config for preset in PRESETS.values() if preset.config.architecture == "mlp"]
    dense += [RunConfig(hidden="-".join(["4096"] * 8)), RunConfig(hidden="1", latent_dim=1)]
    convolutional = [preset.config for preset in PRESETS.values() if preset.config.architecture == "conv"]
    widths = "-".join(["4096"] * 8)
    convolutional += [
        RunConfig(architecture="conv", hidden=hidden) for hidden in ("1", f"1/{widths}/{widths}")
    ]
    for kind, configs, sizes in (
        ("dense", dense, [500, 1024, 1000]),
        ("convolutional", convolutional, [100, 128, 100]),
    ):
        for config in configs:
            assert network_type(config, shape) == kind
            uses = ("evaluation", "training", "script")
            assert [images_a_pass(config, shape, use) for use in uses] == sizes
