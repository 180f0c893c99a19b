"""Addresses of the routes below `/lab/`, which pages give to the browser."""

import streamlit as st

from vaelab.runs import Run


def run_file_url(run: Run, version: str, what: str) -> str:
    """The address of a run's `decoder`, `encoder` or `codes` in a version such as `live-470`."""
    return f"{lab_path()}/runs/{run.id}/{version}/{what}"


def test_images_url(name: str) -> str:
    """The address of all test images of a data set."""
    return f"{lab_path()}/datasets/{name}/test-images"


def lab_path() -> str:
    """The path of the app's own routes: `/lab`, below the app's own."""
    return f"{base_path()}/lab"


def base_path() -> str:
    """The path of the app, such as `/vaelab`, from `server.baseUrlPath`; empty if it has the whole host."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""
