"""The route `/lab/uploads/<kind>/<slot>`: PUT sends a file, GET asks whether one of `bytes` would be taken.

The body goes to the disk in blocks as it comes and is never whole in memory. Every answer is JSON: the
`ticket` of a file that is here, or the `refusal`, a sentence for people.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from io import BufferedWriter

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from vaelab.logs import OnceAMinute
from vaelab.ui.server.health import LEAST_FREE, free_bytes
from vaelab.ui.session import intake
from vaelab.ui.web.intake import KINDS, Intake, Upload, UploadRefused
from vaelab.ui.web.visitor import token_of

logger = logging.getLogger(__name__)
logger.addFilter(OnceAMinute())

HEADER = "x-vaelab-intake"
"""A header that neither a form nor a link can send: only a script can, and that of another site only after
asking this server, which allows none."""

BLOCK = 256 * 1024
"""Bytes of an upload that are gathered in memory before they are written."""
BLOCK_WITHIN = 30.0
"""Seconds in which a block has to come; otherwise the upload is ended."""
LONGEST = 900.0
"""Seconds after which an upload is ended: 80 MB then come at 90 kB/s."""
SWEEP_EVERY = 10.0
"""Seconds between two looks for files that no page wants."""

_SLOT = re.compile(r"[0-9a-f]{32}")
_NO_COOKIE = (
    "This browser keeps no cookies for this page, so that the server cannot tell whose file it is. "
    "Allow cookies, and reload the page."
)


async def serve_upload(request: Request) -> Response:
    """Take a file, or say whether it would be taken."""
    try:
        sender = _sender(request)
        if request.method != "PUT":
            intake().check(*sender, _number(request.query_params.get("bytes", "")) or 0)
            return _answer({}, 200)
        return _answer({"ticket": await _receive(request, intake(), *sender)}, 201)
    except UploadRefused as refusal:
        logger.info("An upload was refused: %s", refusal)
        return _answer({"refusal": str(refusal)}, refusal.status)
    except ClientDisconnect:
        return _answer({}, 400)  # nobody reads it


def _sender(request: Request) -> tuple[str, str, str]:
    """Visitor, kind and slot of an upload."""
    kind, slot = request.path_params["kind"], request.path_params["slot"]
    if kind not in KINDS or not _SLOT.fullmatch(slot):
        raise HTTPException(404)
    if HEADER not in request.headers:
        raise UploadRefused(403, "Files are taken from VAE Lab's own pages only.")
    visitor = token_of(request.cookies)
    if visitor is None:
        raise UploadRefused(403, _NO_COOKIE)
    return visitor, kind, slot


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


async def _receive(request: Request, held: Intake, visitor: str, kind: str, slot: str) -> str:
    """Write the body to the disk; returns the ticket. Nothing is left of an upload that does not end well."""
    upload = held.begin(visitor, kind, slot, _number(request.headers.get("content-length", "")))
    is_kept = False
    try:
        async with asyncio.timeout(LONGEST):
            await _write(held, upload, request.stream())
        ticket = held.finish(upload)
        is_kept = True
        return ticket
    except TimeoutError as error:
        raise UploadRefused(408, "This file came too slowly, so its upload was ended; try again.") from error
    except OSError as error:
        raise UploadRefused(
            507, f"The server could not keep this file: {error.strerror or error}."
        ) from error
    finally:
        if not is_kept:
            held.drop(upload)


async def _write(held: Intake, upload: Upload, chunks: AsyncIterator[bytes]) -> None:
    file = await run_in_threadpool(_open, upload)
    try:
        while block := await _block(held, upload, chunks):
            await run_in_threadpool(file.write, block)
    finally:
        file.close()


def _open(upload: Upload) -> BufferedWriter:
    upload.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if free_bytes(upload.path.parent) < upload.reserved + LEAST_FREE:
        raise UploadRefused(507, "The disk of this server is almost full, so that it takes no files now.")
    return upload.path.open("xb")


async def _block(held: Intake, upload: Upload, chunks: AsyncIterator[bytes]) -> bytearray:
    """The next part of the body, nothing at its end. Raises TimeoutError if it comes too slowly."""
    block = bytearray()
    async with asyncio.timeout(BLOCK_WITHIN):
        while len(block) < BLOCK and (chunk := await anext(chunks, None)) is not None:
            held.grow(upload, len(chunk))
            block += chunk
    return block


def _answer(values: dict[str, str], status: int) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == 408:  # whoever sends slowly would keep the connection
        headers["Connection"] = "close"
    return JSONResponse(values, status, headers=headers)


async def sweep_uploads() -> None:
    """Delete again and again the files that no page wants, until the server ends."""
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        await run_in_threadpool(intake().sweep)
