"""The import of a run that was downloaded from this or another VAE Lab."""

from threading import Lock

import streamlit as st

from vaelab.data import is_ready
from vaelab.engine.limits import LimitReached
from vaelab.export.bundle import import_bundle
from vaelab.export.unzip import ImportRefused
from vaelab.runs import Run
from vaelab.runs.arrays import save_preview
from vaelab.ui.session import dataset, engine, intake, open_run, put, store, visit, visitor
from vaelab.ui.web.intake import UploadRefused
from vaelab.ui.widgets.sending import send_file

_ONE_AT_A_TIME = Lock()
"""Held during an import: reading the losses of a long run takes seconds, and thirty at once delay pages."""


def import_popover() -> None:
    """Draw the popover that takes a zip."""
    with st.popover("Import", icon=":material/upload:", key="import_open", on_change="rerun"):
        send_file(
            "run",
            "A run as a zip",
            key="import_file",
            uses=visit().imports,
            refusal=visit().import_refusal,
            on_sent=_import,
        )
        st.caption(
            "What Download made, here or in another VAE Lab. It needs config.json and model.safetensors, and "
            "for the curves events.jsonl."
        )


def _import(ticket: object) -> None:
    visit().import_refusal = ""
    visit().imports += 1
    try:
        with intake().take(ticket, visitor(), "run") as path:
            engine().admit(visitor())
            with _ONE_AT_A_TIME, path.open("rb") as file:
                run = import_bundle(file, store(), visitor())
    except (UploadRefused, ImportRefused, LimitReached) as refusal:
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
