"""The session's state is written, and the address read, in one package only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from vaelab.paths import PAGES, PROJECT

UI = PROJECT / "vaelab" / "ui"


def uses(tree: ast.AST, name: str) -> list[ast.AST]:
    """What stands around each `st.session_state`, or other attribute of that name."""
    return [
        node
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.Attribute) and child.attr == name and ast.unparse(child.value) == "st"
    ]


def only_reads(node: ast.AST) -> bool:
    """Whether a value is read here: `state[key]`, `state.key`, `state.get(key)`, `key in state`."""
    if isinstance(node, ast.Attribute) and node.attr in {"pop", "setdefault", "update", "clear"}:
        return False
    return isinstance(node, ast.Compare) or (
        isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Load)
    )


def outside() -> list[Path]:
    session = UI / "session"
    return [path for path in (*UI.rglob("*.py"), *PAGES.glob("*.py")) if session not in path.parents]


@pytest.mark.parametrize("path", outside(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_the_sessions_state_is_written_in_its_package_only(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    written = [ast.unparse(node) for node in uses(tree, "session_state") if not only_reads(node)]
    assert written == []
    assert uses(tree, "query_params") == []


def test_streamlit_finds_no_folder_of_pages_beside_the_main_script() -> None:
    assert (UI / "router.py").exists()
    assert not (UI / "pages").exists()


def test_the_address_is_read_and_written_in_one_module() -> None:
    files = [path for path in (UI / "session").glob("*.py") if "st.query_params" in path.read_text("utf-8")]
    assert [path.name for path in files] == ["address.py"]


@pytest.mark.parametrize(
    "line",
    ["st.session_state.x = 1", "st.session_state['x'] = 1", "del st.session_state.x", "s = st.session_state",
     "st.session_state.pop('x')", "st.session_state.x += 1"],
)  # fmt: skip
def test_every_way_of_writing_is_seen(line: str) -> None:
    assert not all(map(only_reads, uses(ast.parse(line), "session_state")))
