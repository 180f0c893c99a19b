"""Assets for the browser below `/lab/`: plotly.js, modules and styles of the components, and pictures."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vaelab.paths import COMPONENTS, PICTURES
from vaelab.ui.web.addresses import base_path, lab_path

PLOTLY = "plotly.min.js"
"""Path of plotly.js below `/lab/`."""

_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".webp": "image/webp"}
_A_YEAR = 365 * 86400


@dataclass(frozen=True)
class Asset:
    """A served file; its version is the hash of its content."""

    content: bytes
    gzipped: bytes
    version: str
    media_type: str


@cache
def _sources() -> dict[str, Path]:
    """Every file that is served, by its path below `/lab/`.

    Requests are looked up here and never become a path of the file system.
    """
    sources = {PLOTLY: Path(str(files("plotly"))) / "package_data" / PLOTLY}
    for source in sorted(COMPONENTS.rglob("*")):
        if source.suffix in _MEDIA_TYPES:
            sources[f"components/{source.relative_to(COMPONENTS).as_posix()}"] = source
    sources |= {f"pictures/{source.name}": source for source in sorted(PICTURES.glob("*.webp"))}
    return sources


@cache
def load_asset(path: str) -> Asset:
    """Read, compress and hash one file, once a process.

    Parameters
    ----------
    path
        The path below `/lab/`, such as `components/plot/main.js`.

    Raises
    ------
    KeyError
        If no such file is served.
    """
    source = _sources()[path]
    content = source.read_bytes()
    return Asset(
        content=content,
        gzipped=gzip.compress(content, mtime=0),
        version=hashlib.sha256(content).hexdigest()[:16],
        media_type=_MEDIA_TYPES[source.suffix],
    )


def is_asset(path: str) -> bool:
    """Tell whether a file of this path below `/lab/` is served."""
    return path in _sources()


def asset_url(path: str) -> str:
    """The address of a file with its version, under which browsers may keep it for good."""
    return f"{lab_path()}/{path}?v={load_asset(path).version}"


def style_urls() -> list[str]:
    """The addresses of all components' styles."""
    return [asset_url(path) for path in _sources() if path.endswith("/main.css")]


_BEGINS_WITH = {
    "": ("plot", "pictures", "dial"),
    "reconstructions": ("pictures",),
    "latent-space": ("latent_canvas", "pictures"),
    "latent-grid": ("latent_canvas", "pictures"),
    "walks": ("pictures",),
    "compare": ("plot", "pictures", "latent_canvas"),
    "sweep": ("plot",),
}
"""The components that a page shows at once, by the page's path; browsers report what they load in vain."""


class Preload:
    """ASGI middleware that has a browser fetch a page's components along with Streamlit's files."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and name the files in the head of an answer to a navigation."""

        async def send_with_links(message: Message) -> None:
            begins = message["type"] == "http.response.start"
            if begins and (links := await run_in_threadpool(_preloads, scope["path"])):
                MutableHeaders(scope=message).append("Link", links)
            await send(message)

        await self.app(scope, receive, send_with_links if is_navigation(scope) else send)


def is_navigation(scope: Scope) -> bool:
    """Tell whether a browser asks for a page, and not for one of its files."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in HTTPConnection(scope).headers.get("accept", "")


def _preloads(path: str) -> str:
    """The `Link` header of a page; empty for one that begins with no component."""
    components = _BEGINS_WITH.get(path.rstrip("/").removeprefix(base_path()).removeprefix("/"), ())
    links = [f"<{asset_url(PLOTLY)}>; rel=preload; as=script"] if "plot" in components else []
    links += [f"<{asset_url(f'components/{name}/main.js')}>; rel=modulepreload" for name in components]
    return ", ".join(links)


async def serve_plotly(request: Request) -> Response:
    """Answer with plotly.js from the installed plotly package."""
    return await _serve(request, PLOTLY)


async def serve_component(request: Request) -> Response:
    """Answer with a file of a component, or of the components' shared `lib/`."""
    return await _serve(request, "components/{file}".format(**request.path_params))


async def serve_picture(request: Request) -> Response:
    """Answer with a small picture of a finished model."""
    return await _serve(request, "pictures/{file}".format(**request.path_params))


async def _serve(request: Request, path: str) -> Response:
    if not is_asset(path):
        raise HTTPException(404)
    asset = await run_in_threadpool(load_asset, path)
    headers = {
        "Cache-Control": _cache_control(request, asset),
        # Weak, because the compressed and the plain answer differ in their bytes.
        "ETag": f'W/"{asset.version}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(asset.gzipped, media_type=asset.media_type, headers=headers)


def _cache_control(request: Request, asset: Asset) -> str:
    current = request.query_params.get("v") == asset.version
    return f"public, max-age={_A_YEAR}, immutable" if current else "no-cache"
