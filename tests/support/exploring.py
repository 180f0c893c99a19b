"""Opening the Explore pages in a test, and reading what they were given to show."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from vaelab.analysis.pca import PrincipalComponents, fit
from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.data.kinds.base import Kind
from vaelab.paths import PAGES
from vaelab.runs import Run, RunStore

HOOKS = {
    "reconstructions": "reconstructions",
    "latent_space": "latent-scatter",
    "latent_grid": "latent-grid",
    "walks": "walks",
}
"""The container that each page is known by."""


def make_run(folder: Path, config: RunConfig, *, weights: bool = True) -> Run:
    """A run as it is before its first step."""
    from safetensors.torch import save_file

    from vaelab.models.autoencoder import Autoencoder

    run = RunStore(folder).create(config)
    if weights:
        model = Autoencoder(config, DATASETS[config.dataset].shape)
        save_file(model.state_dict(), run.path / "model.safetensors")
    return run


_fitted: dict[bytes, PrincipalComponents] = {}


def fit_once(images: np.ndarray, kind: Kind) -> PrincipalComponents:
    """`vaelab.analysis.pca.fit`, kept from test to test: the app's own cache is cleared after each."""
    key = images[:100].tobytes()
    if key not in _fitted:
        _fitted[key] = fit(images, kind)
    return _fitted[key]


def record_run(folder: Path, config: RunConfig, **meta: Any) -> Run:
    """A run that was trained here, on as few images as its config says, with `meta` as `create` takes it."""
    from vaelab.runs import Recorder
    from vaelab.training import train

    run = RunStore(folder).create(config, **meta)
    for _ in Recorder(run).record(train(config, threads=1)):
        pass
    return run


def visit(session: AppTest, page: str, **parameters: str) -> AppTest:
    """Follow a link to a page; that of the top bar has no parameter but the run."""
    if not session.session_state.get("begun"):
        session.run()
        session.session_state["begun"] = True
    session.switch_page(str(PAGES / f"{page}.py"))
    session.query_params.clear()
    return change_address(session, **parameters)


def change_address(session: AppTest, **parameters: str) -> AppTest:
    """Change parameters of the page's address, as the browser's Back does."""
    for name, value in parameters.items():
        session.query_params[name] = value
    return session.run()


def setting(page: AppTest, name: str) -> Any:
    """The value of a setting that the page shows."""
    return page.session_state[f"view_{name}"]


def label_of(page: AppTest, name: str) -> str | None:
    """The label of the widget of a setting; None for a setting without a widget."""
    return page.get_by_key(f"view_{name}").label if has(page, f"view_{name}") else None


def shown(page: AppTest, key: str) -> dict[str, Any]:
    """What a component of ours was given."""
    return json.loads(page.get_by_key(key).proto.json)


def has(page: AppTest, key: str) -> bool:
    """Whether an element of that key is on the page."""
    try:
        page.get_by_key(key)
    except KeyError:
        return False
    return True


def figure(page: AppTest, key: str) -> dict[str, Any]:
    return json.loads(shown(page, key)["figure"])


def numbers(value: Any) -> np.ndarray:
    """An array as Plotly writes it: a list, or bytes and their type."""
    if isinstance(value, dict):
        return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
    return np.array(value)


def kept_image(page: AppTest) -> np.ndarray:
    """The image decoded at the chosen point of the grid."""
    return pixels(shown(page, "kept_point")["sheets"][0]["source"])


def titles(page: AppTest, key: str) -> list[str]:
    """The titles of sheets of pictures."""
    return [sheet["title"] for sheet in shown(page, key)["sheets"]]


def pixels(source: str) -> np.ndarray:
    """The pixels of a picture that is written into an address."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1]))))


def sentences(page: AppTest) -> list[str]:
    boxes = (*page.warning, *page.error, *page.info)
    return [box.value.replace("\\", "") for box in boxes]  # without what keeps Markdown from reading it


def is_well(page: AppTest) -> bool:
    return not page.exception and sentences(page) == []
