"""Weights, codes and images for the browser below `/lab/`, which computes with them by itself.

An address names the run, what of it, and its `version`: `weights-<time>` for what was saved last,
`step-<number>-<time>` for a snapshot, `live-<step>` for the picture of a training under way. Whoever may
open the run's pages may fetch them.
"""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from vaelab.data.catalogue import DATASETS
from vaelab.data.downloads import DatasetUnavailable
from vaelab.data.loading import is_ready
from vaelab.networks.portable import codes_file, decoder_file, encoder_file, images_file
from vaelab.runs.arrays import read_live_decoder, read_preview, read_snapshot, read_weights
from vaelab.runs.errors import RunDamaged
from vaelab.runs.run import Run
from vaelab.ui.session.state import dataset, find_run, saved_at, snapshot_saved_at, test_codes

logger = logging.getLogger(__name__)

_A_YEAR = 365 * 86400
_VERSION = re.compile(
    r"weights-(?P<weights>[0-9]{1,20})|step-(?P<step>[0-9]{1,20})-(?P<saved>[0-9]{1,20})|live-[0-9]{1,20}"
)


@dataclass(frozen=True)
class Version:
    """Which state of a run is meant."""

    kind: str
    """`weights`, `step` or `live`."""
    saved_at: int = 0
    """When weights or snapshot were saved, in nanoseconds."""
    step: int = 0
    """Of the snapshot."""


async def serve_run_file(request: Request) -> Response:
    """Answer with a network or the codes of a run."""
    matched = _VERSION.fullmatch(request.path_params["version"])
    run = await run_in_threadpool(find_run, request.path_params["run"])
    make = _FILES.get(request.path_params["what"])
    if not matched or run is None or make is None:
        raise HTTPException(404)
    version = _version(matched)
    try:
        # What is asked of a training under way, or of replaced files, is answered as of now.
        stays = version.kind != "live" and _saved_at(run, version) == version.saved_at
        content = await run_in_threadpool(make, run, version)
    except (ValueError, DatasetUnavailable, OSError, KeyError) as error:
        logger.info("A file could not be served: %s", error, extra={"run": run.id})
        raise HTTPException(404) from error
    return Response(content, media_type="application/octet-stream", headers=_headers(stays))


def _version(matched: re.Match[str]) -> Version:
    if matched["weights"]:
        return Version("weights", int(matched["weights"]))
    if matched["step"]:
        return Version("step", int(matched["saved"]), int(matched["step"]))
    return Version("live")


def _saved_at(run: Run, version: Version) -> int:
    return saved_at(run) if version.kind == "weights" else snapshot_saved_at(run, version.step)


def _headers(stays: bool) -> dict[str, str]:
    # Private, because a proxy does not know who may see a run.
    kept = f"private, max-age={_A_YEAR}, immutable" if stays else "no-store"
    return {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}


def _decoder(run: Run, version: Version) -> bytes:
    if version.kind == "live" and (content := read_live_decoder(run)) is not None:
        return content
    weights = read_snapshot(run, version.step).decoder if version.kind == "step" else read_weights(run)
    return decoder_file(run.config, DATASETS[run.config.dataset].shape, weights)


def _encoder(run: Run, version: Version) -> bytes:
    if version.kind == "step":
        raise KeyError("A snapshot has no encoder.")
    return encoder_file(run.config, DATASETS[run.config.dataset].shape, read_weights(run))


def _codes(run: Run, version: Version) -> bytes:
    labels = dataset(run.config.dataset).y_test
    mean: np.ndarray
    logvar: np.ndarray | None = None
    if version.kind == "live":
        preview = read_preview(run)
        if preview is None:
            raise RunDamaged(f"Run {run.id} has no preview.")
        mean = preview.mean
    elif version.kind == "step":
        snapshot = read_snapshot(run, version.step)
        mean, logvar = snapshot.mean, snapshot.logvar
    else:
        codes = test_codes(run)
        mean, logvar = codes.mean, codes.logvar
    return codes_file(mean, logvar, labels[: len(mean)])


_FILES: dict[str, Callable[[Run, Version], bytes]] = {
    "decoder": _decoder,
    "encoder": _encoder,
    "codes": _codes,
}


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
