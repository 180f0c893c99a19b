"""The page that a browser loads first: Streamlit's own, with what it lacks.

- The address of the server. From a page below the app's address, Streamlit would look for its server there
  too, and every browser would report that it is not found.
- The names of the scripts that the page's first elements need, which are fetched along with the others.
- Letters of the fonts of icons and formulas, unseen: browsers fetch a font when a letter of it is laid out,
  and until it is there, other letters stand for its own, which are wider or narrower.
- The styles of the pages, `assets/styles/`. They are there before the first element is, so that nothing
  moves when they arrive. They stand in the body: Streamlit adds its own at the end of the head, and of two
  rules for the same thing the later one holds.
- The styles of the parts and letters that its address asks for, until those of the script are there.
- What the keyboard needs on every page, `assets/components/keyboard/`.
"""

import json
from collections.abc import Callable, Collection
from functools import cache
from importlib.resources import files

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from vaelab.paths import ASSETS
from vaelab.ui.web.assets import asset_url, is_navigation, style_urls
from vaelab.ui.web.elements import element_scripts

_LETTERS = (
    "1rem 'Material Symbols Rounded'",
    "1rem KaTeX_Main",
    "bold 1rem KaTeX_Main",
    "italic 1rem KaTeX_Math",
    "1rem KaTeX_Caligraphic",
    "1rem KaTeX_Size1",
    "1rem KaTeX_Size2",
    "1rem KaTeX_Size4",
)
"""The fonts of icons and formulas, as CSS has them."""


@cache
def shell(base: str, path: str = "") -> str:
    """The page for an app at a path, such as `/vaelab`, or empty; `path` is that of the page below it."""
    page = (files("streamlit") / "static" / "index.html").read_text(encoding="utf-8")
    script = f"window.__streamlit = {{ BACKEND_BASE_URL: location.origin + {json.dumps(base)} }}"
    styles = "".join(sheet.read_text(encoding="utf-8") for sheet in sorted((ASSETS / "styles").glob("*.css")))
    links = "".join(f'<link rel="stylesheet" href="{url}">' for url in style_urls())
    keyboard = f'<script type="module" src="{asset_url("components/keyboard/main.js")}"></script>'
    scripts = [script for script in element_scripts(path) if script not in page]
    links += "".join(f'<link rel="modulepreload" crossorigin href="{base}/{script}">' for script in scripts)
    page = page.replace("</head>", f"<script>{script}</script>{links}{keyboard}</head>", 1)
    letters = "".join(f'<i style="font: {font}">x</i>' for font in _LETTERS)
    letters = f'<p class="letters" aria-hidden="true">{letters}</p>'
    return page.replace("<body>", f"<body><style>{styles}</style>{letters}", 1)


class Shell:
    """ASGI middleware that answers a navigation to a page.

    Parameters
    ----------
    pages: the paths of the pages; empty for the address of the app itself.
    base: the path of the app, such as `/vaelab`; empty if it has the whole host.
    styles: makes the styles that an address asks for from the page's path and the address's parameters.
    """

    def __init__(
        self, app: ASGIApp, pages: Collection[str], base: str, styles: Callable[[str, str], str]
    ) -> None:
        self.app = app
        self._styles = styles
        self._paths = frozenset(f"{base}/{page}" for page in pages)
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page, or pass the request on.

        The address of the app without its last slash leads to the page by a path alone: Streamlit would name
        the host and the scheme, which a proxy may have changed.
        """
        query = scope["query_string"].decode("latin-1") if scope["type"] == "http" else ""
        if scope["type"] == "http" and self._base and scope["path"] == self._base:
            await RedirectResponse(f"{self._base}/{'?' if query else ''}{query}")(scope, receive, send)
        elif is_navigation(scope) and scope["path"] in self._paths:
            path = scope["path"].removeprefix(self._base).strip("/")
            page = await run_in_threadpool(self._page, path, query)
            await HTMLResponse(page, headers={"Cache-Control": "no-cache"})(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _page(self, path: str, query: str) -> str:
        """The page with the styles that its address asks for, which give way to those of the script."""
        page, styles = shell(self._base, path), self._styles(path, query)
        if not styles:
            return page
        module = f'<script type="module" src="{asset_url("components/display/main.js")}"></script>'
        return page.replace("</body>", f"<style data-display data-first>{styles}</style>{module}</body>", 1)
