"""What a run computes on."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from vaelab.config import RunConfig
from vaelab.models.hardware import cpu_settings, settle_device, settle_precision

CPU = torch.device("cpu")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Pretend to have graphics processors, and abilities of the processor."""
    torch.optim.SGD([torch.zeros(1)])  # imports the compiler, which must not see what is pretended

    def pretend(cuda: bool = False, mps: bool = False, abilities: tuple[str, ...] = ()) -> None:
        monkeypatch.delenv("VAELAB_DEVICE", raising=False)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
        monkeypatch.setattr("vaelab.models.hardware.get_capabilities", lambda: dict.fromkeys(abilities, True))

    return pretend


# The device


@pytest.mark.parametrize(
    ("there", "expected"),
    [({}, "cpu"), ({"mps": True}, "mps"), ({"cuda": True}, "cuda"), ({"cuda": True, "mps": True}, "cuda")],
)
def test_auto_takes_the_fastest_there_is(there, expected, machine):
    machine(**there)
    assert settle_device() == settle_device("auto") == torch.device(expected)


def test_the_environment_may_name_the_device_and_the_argument_overrules_it(machine, monkeypatch):
    machine(cuda=True)
    monkeypatch.setenv("VAELAB_DEVICE", "cpu")
    assert settle_device() == CPU
    assert settle_device("cuda") == torch.device("cuda")
    monkeypatch.setenv("VAELAB_DEVICE", "")
    assert settle_device() == torch.device("cuda")


@pytest.mark.parametrize("name", ["cuda", "tpu", "cuda:7"])
def test_a_device_that_is_not_there_is_answered_with_those_that_are(name, machine):
    machine(mps=True)
    with pytest.raises(
        ValueError, match=f"^device: must be one of auto, cpu, mps on this machine, not '{name}'"
    ):
        settle_device(name)


# Precision


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_precision_that_is_asked_for_is_used(precision, machine):
    machine(abilities=("amx_bf16",))
    assert settle_precision(RunConfig(precision=precision), CPU) == precision


@pytest.mark.parametrize(
    ("abilities", "changes", "expected"),
    [
        ((), {}, "fp32"),
        ((), {"architecture": "conv", "hidden": None}, "fp32"),
        (("avx512_bf16",), {"batch_size": 128}, "bf16"),
        (("avx512_bf16",), {"batch_size": 127}, "fp32"),
        (("avx512_bf16",), {"batch_size": 32, "optimizer": "gd"}, "bf16"),
        (("avx512_bf16",), {"architecture": "conv", "hidden": None, "batch_size": 1}, "bf16"),
        (("amx_bf16",), {"batch_size": 128}, "bf16"),
        (("amx_bf16",), {"batch_size": 127}, "fp32"),
    ],
)
def test_auto_casts_where_that_pays(abilities, changes, expected, machine):
    machine(abilities=abilities)
    assert settle_precision(RunConfig().variant(**changes), CPU) == expected


@pytest.mark.parametrize(("kind", "expected"), [("cuda", "bf16"), ("mps", "fp32")])
def test_auto_on_graphics_processors(kind, expected, machine, monkeypatch):
    machine(cuda=True, mps=True, abilities=("amx_bf16",))
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert settle_precision(RunConfig(), torch.device(kind)) == expected


def test_training_says_what_was_settled(record, machine):
    machine(abilities=("avx512_bf16",))
    config = RunConfig(epochs=1, hidden="16")
    assert record(config).events[0].precision == "bf16"
    assert record(config.variant(precision="fp32")).events[0].precision == "fp32"


# Settings of the processor


def flushes() -> bool:
    return torch.tensor(1e-40).mul(2).item() == 0


def settings_fail(threads: int) -> None:
    with cpu_settings(threads):
        assert (torch.get_num_threads(), flushes()) == (threads, True)
        raise KeyError


@pytest.mark.parametrize("flushed", [True, False])
def test_settings_hold_inside_and_are_put_back_whatever_happens(flushed, flush_denormals):
    threads = torch.get_num_threads()
    flush_denormals(flushed)
    with pytest.raises(KeyError):
        settings_fail(threads + 1)
    assert (torch.get_num_threads(), flushes()) == (threads, flushed)


def test_products_of_fp32_numbers_stay_fp32_and_the_setting_is_put_back():
    """Those of a layer and of both its gradients, which are other kernels."""
    generator = torch.Generator().manual_seed(0)
    x, weight = torch.rand(256, 784, generator=generator), torch.rand(400, 784, generator=generator)
    y = torch.rand(256, 400, generator=generator)
    allowed = torch.backends.mkldnn.matmul.fp32_precision
    with cpu_settings(torch.get_num_threads()):
        products = [functional.linear(x, weight), y @ weight, y.T @ x]
    assert torch.backends.mkldnn.matmul.fp32_precision == allowed
    x, weight, y = x.double(), weight.double(), y.double()
    # Rounded to bf16, the factors would be off by up to one part in 256.
    for found, exact in zip(products, [x @ weight.T, y @ weight, y.T @ x], strict=True):
        torch.testing.assert_close(found.double(), exact, rtol=2e-6, atol=0)


@pytest.mark.parametrize(
    ("abilities", "expected"),
    [((), "none"), (("avx512_f",), "bf16"), (("avx512_f", "amx_bf16"), "none")],
)
def test_products_go_to_onednn_only_where_it_does_not_round_them(abilities, expected, machine):
    machine(abilities=abilities)
    with cpu_settings(torch.get_num_threads()):
        assert torch.backends.mkldnn.matmul.fp32_precision == expected
