"""Looking again at what a page follows, as a tick of its fragment does, without a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vaelab.ui.session import following
from vaelab.ui.session.visits import Visit


class _Again(Exception):
    pass


class Followed:
    """The fragment that a page has made last; it is drawn by `look` only."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.visit = Visit()
        self.address: dict[str, str] = {}
        self.every: float | None = None
        self._body: Callable[[], None] = lambda: None
        monkeypatch.setattr(following, "visit", lambda: self.visit)
        monkeypatch.setattr(following.st, "fragment", self._fragment)
        monkeypatch.setattr(following.st, "rerun", self._rerun)
        monkeypatch.setattr(following.st, "query_params", self.address)

    def look(self) -> bool:
        """Draw the fragment; whether the page stays, rather than being drawn anew."""
        try:
            self._body()
        except _Again:
            return False
        return True

    def _fragment(self, body: Callable[[], None], run_every: float | None) -> Callable[[], None]:
        self._body, self.every = body, run_every
        return lambda: None

    def _rerun(self) -> None:
        raise _Again
