"""The import of a run that was downloaded from this or another VAE Lab."""

from threading import Lock

import streamlit as st

from vaelab.data import is_ready
from vaelab.engine.limits import LimitReached
from vaelab.export.bundle import LARGEST_ZIP, import_bundle
from vaelab.export.unzip import MEGABYTE, ImportRefused
from vaelab.runs import Run
from vaelab.runs.arrays import save_preview
from vaelab.ui.session import dataset, engine, open_run, put, store, visit, visitor

_ONE_AT_A_TIME = Lock()
"""Held during an import: reading the losses of a long run takes seconds, and thirty at once delay pages."""


def import_popover() -> None:
    """Draw the popover that takes a zip."""
    # A new key empties the uploader, which would otherwise keep the file in the server's memory.
    key = f"imported_{visit().imports}"
    with st.popover("Import", icon=":material/upload:", key="import_open", on_change="rerun"):
        st.file_uploader(
            "A run as a zip",
            type="zip",
            key=key,
            max_upload_size=LARGEST_ZIP // MEGABYTE,
            on_change=_import,
            args=(key,),
            help="It needs config.json and model.safetensors, and for the curves events.jsonl.",
        )
        st.caption("What Download made, here or in another VAE Lab.")
        if visit().import_refusal:
            st.error(visit().import_refusal)


def _import(key: str) -> None:
    file = st.session_state[key]
    visit().import_refusal = ""
    if file is None:
        return
    visit().imports += 1
    try:
        engine().admit(visitor())
        with _ONE_AT_A_TIME:
            run = import_bundle(file.getvalue(), store(), visitor())
    except (ImportRefused, LimitReached) as refusal:
        visit().import_refusal = str(refusal)
        return
    except OSError as error:
        visit().import_refusal = f"The run could not be written: {error.strerror or error}."
        return
    open_run(run.id)
    put("import_open", False)
    _add_preview(run)


def _add_preview(run: Run) -> None:
    """Save the pictures of the Train page, computed from the weights, if the data set is on this machine."""
    name = run.config.dataset
    if not is_ready(name):
        return
    from vaelab.analysis.load import load_run
    from vaelab.training.pictures import Previewer

    status = run.status()
    previewer = Previewer(load_run(run).model, dataset(name))
    save_preview(run, previewer.preview(status.step, status.epoch, status.images_per_second, 0.0))
