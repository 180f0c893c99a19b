"""The routes below `/lab/` for weights, codes and images, with which the browser computes by itself.

An address names the run, one of `_FILES` or a forward pass, and a version: `weights-<time>` for the weights
that were saved last, `step-<number>-<time>` for a snapshot, `live-<step>` for the newest state of a training
under way. The files are open to everybody who may open the run's pages.
"""

import gzip
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from vaelab.data import DATASETS, DatasetUnavailable, is_ready
from vaelab.networks.portable import codes_file, decoder_file, encoder_file, forward_file, images_file
from vaelab.runs import Run, RunDamaged, read_preview, read_weights
from vaelab.runs.arrays import read_live_decoder, read_snapshot
from vaelab.ui.session import dataset, find_run, saved_at, test_codes

logger = logging.getLogger(__name__)

_A_YEAR = 365 * 86400
_VERSION = re.compile(r"live-[0-9]{1,20}|(weights|step-(?P<step>[0-9]{1,20}))-(?P<saved_at>[0-9]{1,20})")
_FORWARD = re.compile(r"forward-([0-9]{1,4})")


@dataclass(frozen=True)
class Version:
    """The state of a run that an address names."""

    saved_at: int | None
    """When the weights or the snapshot were saved, in nanoseconds; None for a training under way."""
    step: int | None
    """Step of the snapshot; None for other states."""


async def serve_run_file(request: Request) -> Response:
    """Answer with a network or the codes of a run."""
    matched = _VERSION.fullmatch(request.path_params["version"])
    run = await run_in_threadpool(find_run, request.path_params["run"])
    make = _maker(request.path_params["what"])
    if not matched or run is None or make is None:
        raise HTTPException(404)
    saved, step = matched["saved_at"], matched["step"]
    version = Version(int(saved) if saved else None, int(step) if step else None)
    try:
        # A training under way, and files that were replaced since, are answered with their present state.
        stays = _is_current(run, version)
        content = await run_in_threadpool(make, run, version)
        stays = stays and _is_current(run, version)
    except (ValueError, DatasetUnavailable, OSError, KeyError) as error:
        logger.info("A file could not be served: %s", error, extra={"run": run.id})
        raise HTTPException(404) from error
    return Response(content, media_type="application/octet-stream", headers=_headers(stays))


def _is_current(run: Run, version: Version) -> bool:
    return version.saved_at is not None and saved_at(run, version.step) == version.saved_at


def _headers(stays: bool) -> dict[str, str]:
    # Private, because a proxy does not know who may see a run.
    caching = f"private, max-age={_A_YEAR}, immutable" if stays else "no-store"
    return {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}


def _decoder(run: Run, version: Version) -> bytes:
    if version.saved_at is None and (content := read_live_decoder(run)) is not None:
        return content
    weights = read_weights(run) if version.step is None else read_snapshot(run, version.step).decoder
    return decoder_file(run.config, DATASETS[run.config.dataset].shape, weights)


def _encoder(run: Run, version: Version) -> bytes:
    if version.step is not None:
        raise KeyError("A snapshot has no encoder.")
    return encoder_file(run.config, DATASETS[run.config.dataset].shape, read_weights(run))


def _codes(run: Run, version: Version) -> bytes:
    labels = dataset(run.config.dataset).y_test
    if version.saved_at is None:
        preview = read_preview(run)
        if preview is None:
            raise RunDamaged(f"Run {run.id} has no preview.")
        return codes_file(preview.mean, None, labels[: len(preview.mean)])
    codes = test_codes(run) if version.step is None else read_snapshot(run, version.step)
    return codes_file(codes.mean, codes.logvar, labels[: len(codes.mean)])


def _forward(run: Run, version: Version, place: int) -> bytes:
    """The forward pass of the first test image of a class, the classes counted from 0."""
    preview = read_preview(run) if version.saved_at is None else None
    if preview is None or not preview.forward:
        raise KeyError(f"Run {run.id} has no forward passes of this version.")
    data = dataset(run.config.dataset)
    first = data.first_of_each_class()
    if not place < min(len(first), len(preview.reconstructions)):
        raise KeyError(f"There is no class {place}.")
    values = {name: array[place] for name, array in preview.forward.items()}
    return forward_file(data.x_test[first[place]], preview.reconstructions[place], values)


_FILES: dict[str, Callable[[Run, Version], bytes]] = {
    "decoder": _decoder,
    "encoder": _encoder,
    "codes": _codes,
}


def _maker(what: str) -> Callable[[Run, Version], bytes] | None:
    """What makes the file of a name: one of `_FILES`, or `forward-3`, the forward pass of an image."""
    if matched := _FORWARD.fullmatch(what):
        return partial(_forward, place=int(matched[1]))
    return _FILES.get(what)


async def serve_test_images(request: Request) -> Response:
    """Answer with all test images of a data set that is on this machine."""
    name = request.path_params["name"]
    if name not in DATASETS or not await run_in_threadpool(is_ready, name):
        raise HTTPException(404)
    content = await run_in_threadpool(_compressed_images, name)
    headers = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    else:
        content = await run_in_threadpool(gzip.decompress, content)
    return Response(content, media_type="application/octet-stream", headers=headers)


@lru_cache(maxsize=4)
def _compressed_images(name: str) -> bytes:
    return gzip.compress(images_file(np.asarray(dataset(name).x_test)), compresslevel=3, mtime=0)
