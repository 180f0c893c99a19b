"""The route `/lab/health`: the condition of the server, for people and programs that monitor it.

The answer has counts only and names no run, visitor, recipe or folder, because everybody may ask.
"""

import shutil
import time
from pathlib import Path
from typing import Any

import psutil
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vaelab.ui.session import engine

LEAST_FREE = 200_000_000
"""Free bytes of the disk below which there is hardly room for another run: large presets take 80 MB."""


async def serve_health(_request: Request) -> Response:
    """Answer with status 200, or 503 if the engine has ended."""
    values = await run_in_threadpool(health)
    status = 503 if values["status"] == "stopped" else 200
    return JSONResponse(values, status, headers={"Cache-Control": "no-store"})


def health() -> dict[str, Any]:
    """The condition of the server.

    `status` is `ok`; `starting` until a worker can train; `disk full`, on which pages work and training
    does not; `stopped` once the engine has ended. `workers` counts processes, `running` those that train,
    `queued` the runs that wait.
    """
    load = engine().load()
    free = free_bytes(engine().store.root)
    status = "ok" if load.ready else "starting"
    if free < LEAST_FREE:
        status = "disk full"
    if load.closed:
        status = "stopped"
    return {
        "status": status,
        "workers": load.workers,
        "running": load.running,
        "queued": load.queued,
        "uptime_seconds": round(time.time() - psutil.Process().create_time()),
        "disk_free_bytes": free,
    }


def free_bytes(folder: Path) -> int:
    """Free bytes of the disk that a folder is on, or will be on once it is made."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free
