"""Sizes and times that a page promises before the start."""

import pytest

from vaelab.config import RunConfig
from vaelab.datasets import DATASETS
from vaelab.facts import duration, expected_seconds, facts, work

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
