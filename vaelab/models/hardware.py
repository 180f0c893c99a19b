"""Device, precision and threads of a run."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.cpu import get_capabilities

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.networks.sizes import network_type
from vaelab.settings import read_settings


def settle_device(name: str | None = None) -> torch.device:
    """The device to train on: `name`, else `$VAELAB_DEVICE`, else "auto", the fastest of the machine.

    Raises
    ------
    ValueError
        If the device is unknown or this machine does not have it.
    """
    name = name or read_settings().device
    is_available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if is_available[kind]))
    if not is_available.get(name, False):
        names = ", ".join(["auto", *(kind for kind, available in is_available.items() if available)])
        raise ValueError(f"device: must be one of {names} on this machine, not {name!r}.")
    return torch.device(name)


def settle_precision(config: RunConfig, device: torch.device) -> str:
    """The precision, `fp32` or `bf16`, that the config asks for or that is faster on the processor.

    On processors with bf16 products (AMX or AVX-512), casting is worth its cost for convolutions and for
    batches of 128 images or more.
    """
    if config.precision != "auto":
        return config.precision
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported() else "fp32"
    convolves = network_type(config, DATASETS[config.dataset].shape) == "convolutional"
    pays = convolves or config.batch_size >= 128 or config.optimizer == "gd"
    return "bf16" if device.type == "cpu" and pays and _multiplies_bf16() else "fp32"


def _multiplies_bf16() -> bool:
    return any(get_capabilities().get(name) for name in ("amx_bf16", "avx512_bf16"))


@contextmanager
def cpu_settings(threads: int) -> Iterator[None]:
    """Within this context, use `threads` threads, flush denormal numbers to zero and multiply in oneDNN.

    Weights and Adam averages close to zero become denormal numbers, which processors handle about ten times
    more slowly: without flushing, they take a tenth of the training time.
    """
    products = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]
    before, flushed, allowed = torch.get_num_threads(), _flushes_denormals(), products.fp32_precision
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    if _stays_fp32_in_onednn():
        products.fp32_precision = "bf16"
    try:
        yield
    finally:
        products.fp32_precision = allowed
        torch.set_flush_denormal(flushed)
        torch.set_num_threads(before)


def _stays_fp32_in_onednn() -> bool:
    """Whether fp32 products that may round to bf16 are computed in full precision nevertheless.

    PyTorch gives fp32 products to MKL, which uses half the width of an AMD processor's AVX-512 units.
    Products that may round go to oneDNN, which uses the full width and rounds only on processors with AMX.
    """
    abilities = get_capabilities()
    return bool(abilities.get("avx512_f") and not abilities.get("amx_bf16"))


def _flushes_denormals() -> bool:
    """Whether PyTorch flushes denormal numbers now: tested by a product, because no function tells."""
    return not torch.tensor(1e-40).mul(2).item()
