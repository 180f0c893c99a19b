"""Files of runs for the browser: what there is, for as long as it stays, and nothing else."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load as read
from streamlit.testing.v1 import AppTest

from tests.support.asgi import get
from tests.support.exploring import make_run
from vaelab.config import RunConfig
from vaelab.data import load
from vaelab.events import Preview, Snapshot
from vaelab.networks.cells import forward_shapes
from vaelab.paths import EXAMPLES
from vaelab.runs import Run
from vaelab.runs.arrays import save_preview, save_snapshot


@pytest.fixture
def run(app: Callable[[], AppTest], runs: Path) -> Run:
    return make_run(runs, RunConfig(hidden="16"))


def weights(run: Run) -> dict[str, np.ndarray]:
    return read((run.path / "model.safetensors").read_bytes())


def weights_version(run: Run) -> str:
    return f"weights-{(run.path / 'model.safetensors').stat().st_mtime_ns}"


def address(run: Run, version: str, what: str) -> str:
    return f"/lab/runs/{run.id}/{version}/{what}"


@pytest.mark.parametrize("what", ["encoder", "decoder"])
def test_networks_are_those_of_the_run_and_stay_for_good(run: Run, what: str) -> None:
    answer = get(address(run, weights_version(run), what))
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    tensors = read(answer.body)
    expected = {name: array for name, array in weights(run).items() if name.startswith(what)}
    assert tensors.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(tensors[name], array)


def test_what_was_replaced_is_not_kept(run: Run) -> None:
    answer = get(address(run, "weights-1", "decoder"))
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"


def test_codes_are_those_of_the_test_images_with_their_labels() -> None:
    from vaelab.analysis.load import load_run
    from vaelab.models.codes import embed

    run = Run(EXAMPLES / "vae-2d", shipped=True)
    tensors = read(get(address(run, weights_version(run), "codes")).body)
    data = load("mnist")
    codes = embed(load_run(run).model, data.x_test)
    np.testing.assert_allclose(tensors["mean"], codes.mean, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(tensors["logvar"], codes.logvar, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(tensors["labels"], data.y_test)


def test_a_snapshot_is_answered_with_its_own_decoder_and_codes(run: Run) -> None:
    decoder = {
        name: np.zeros_like(array, np.float16)
        for name, array in weights(run).items()
        if name.startswith("decoder")
    }
    mean = np.ones((50, 2), np.float16)
    pictures = np.zeros((64, 1, 28, 28), np.uint8)
    (run.path / "snapshots").mkdir(exist_ok=True)
    save_snapshot(
        run, Snapshot(step=7, epoch=0.1, decoder=decoder, mean=mean, logvar=None, reconstructions=pictures)
    )
    version = f"step-7-{run.snapshot_file(7).stat().st_mtime_ns}"
    answer = get(address(run, version, "decoder"))
    assert "immutable" in answer.headers["cache-control"]
    assert not any(array.any() for array in read(answer.body).values())
    codes = read(get(address(run, version, "codes")).body)
    np.testing.assert_array_equal(codes["mean"], mean)
    np.testing.assert_array_equal(codes["labels"], load("mnist").y_test[:50])
    os.utime(run.snapshot_file(7))  # as when an example is updated: other content has another address
    assert get(address(run, version, "codes")).headers["cache-control"] == "no-store"


def test_of_a_training_under_way_the_newest_is_answered(run: Run) -> None:
    decoder = {
        name: array.astype(np.float16) for name, array in weights(run).items() if name.startswith("decoder")
    }
    mean = np.full((20, 2), 3, np.float32)
    pictures = np.zeros((10, 1, 28, 28), np.uint8)
    preview = Preview(
        step=5,
        epoch=0.1,
        images_per_second=1,
        mean=mean,
        reconstructions=pictures,
        samples=None,
        decoder=decoder,
    )
    save_preview(run, preview)
    answer = get(address(run, "live-3", "codes"))
    assert answer.headers["cache-control"] == "no-store"
    np.testing.assert_array_equal(read(answer.body)["mean"], mean)
    for name, array in read(get(address(run, "live-3", "decoder")).body).items():
        assert array.dtype == np.float16
        np.testing.assert_array_equal(array, decoder[name])


def test_a_forward_pass_is_that_of_the_first_image_of_its_class(run: Run) -> None:
    data = load("mnist")
    first = data.first_of_each_class()
    shapes = forward_shapes(run.config, data.spec.shape, len(first))
    random = np.random.default_rng(0)
    forward = {name: random.normal(size=shape).astype(np.float16) for name, shape in shapes.items()}
    pictures = random.integers(0, 256, (len(first), *data.spec.shape), dtype=np.uint8)
    preview = Preview(
        step=5,
        epoch=0.1,
        images_per_second=1,
        mean=np.zeros((20, 2), np.float32),
        reconstructions=pictures,
        samples=None,
        forward=forward,
    )
    save_preview(run, preview)
    for place in (0, 7):
        found = read(get(address(run, "live-5", f"forward-{place}")).body)
        np.testing.assert_array_equal(found.pop("image"), data.x_test[first[place]])
        np.testing.assert_array_equal(found.pop("reconstruction"), pictures[place])
        assert found.keys() == forward.keys()
        for name, array in found.items():
            np.testing.assert_array_equal(array.reshape(forward[name][place].shape), forward[name][place])
    for what in ("forward-10", "forward-", "forward-1.5", "forward"):
        assert get(address(run, "live-5", what)).status == 404
    assert get(address(run, weights_version(run), "forward-0")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/lab/runs/{id}/step-7-1/decoder",
        "/lab/runs/{id}/step-1/decoder",
        "/lab/runs/{id}/live-7/codes",
        "/lab/runs/{id}/live-7/forward-0",
        "/lab/runs/{id}/weights-1/model.safetensors",
        "/lab/runs/{id}/newest/decoder",
        "/lab/runs/{id}/weights-1/../decoder",
        "/lab/runs/{id:.8}/weights-1/decoder",  # nobody is to find runs by guessing
        "/lab/runs/no-such-run/weights-1/decoder",
        "/lab/runs/../weights-1/decoder",
        "/lab/datasets/no-such-data/test-images",
        "/lab/datasets/emnist-letters/test-images",
    ],
)
def test_what_is_not_there_is_not_found(run: Run, path: str) -> None:
    assert get(path.format(id=run.id)).status == 404


def test_damaged_files_are_not_found(run: Run) -> None:
    version = weights_version(run)
    (run.path / "model.safetensors").write_bytes(b"not weights")
    assert get(address(run, version, "decoder")).status == 404


def test_test_images_come_as_they_are_compressed_or_not() -> None:
    plain = get("/lab/datasets/mnist/test-images")
    packed = get("/lab/datasets/mnist/test-images", {"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 3
    assert gzip.decompress(packed.body) == plain.body
    np.testing.assert_array_equal(read(plain.body)["images"], load("mnist").x_test)
