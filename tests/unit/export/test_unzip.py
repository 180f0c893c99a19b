"""A zip that comes from a stranger costs little, writes nothing outside, and is a run or refused."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bundles import Parts, imported, refused_within, zipped
from vaelab.export.bundle import LARGEST_ZIP
from vaelab.export.unzip import MEGABYTE

EVIL = [
    "../evil",
    "../../evil",
    "/evil",
    "C:\\evil",
    "..\\evil",
    "config.json/../evil",
    "runs/config.json",
    "config.json/",
]
names = st.sampled_from(
    ["config.json", "model.safetensors", "events.jsonl", "losses.csv", "README.txt", *EVIL]
)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(content: bytes) -> None:
    assert imported(content)
    assert imported(b"PK\x03\x04" + content)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_mutated_zip_is_refused_or_a_run(parts: Parts, data: st.DataObject) -> None:
    content = bytearray(zipped(parts, data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))))
    # Half of the changes where the lists of files are, which an index drawn from all bytes seldom meets.
    near_the_end = st.integers(len(content) - 400, len(content) - 1)
    for _ in range(data.draw(st.integers(1, 4))):
        index = min(data.draw(near_the_end | st.integers(0, len(content) - 1)), len(content) - 1)
        change = data.draw(st.sampled_from(["flip", "cut", "insert", "end"]))
        if change == "flip":
            content[index] ^= data.draw(st.integers(1, 255))
        elif change == "cut":
            del content[index : index + data.draw(st.integers(1, 50))]
        elif change == "insert":
            content[index:index] = data.draw(st.binary(max_size=20))
        else:
            del content[index:]
        if not content:
            break
    imported(bytes(content))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(names, st.binary(max_size=40) | st.none(), max_size=5))
def test_files_of_other_names_are_refused(parts: Parts, drawn: dict[str, bytes | None]) -> None:
    contents = {name: parts.get(name, b"") if content is None else content for name, content in drawn.items()}
    refusal = imported(zipped(contents))
    if set(contents) - set(parts):
        assert refusal
        assert "allowed are config.json" in refusal


@pytest.mark.parametrize("name", EVIL)
def test_no_name_leads_out_of_the_store(parts: Parts, name: str) -> None:
    assert "allowed are" in str(imported(zipped({**parts, name: b"evil"})))


def test_an_absolute_name_writes_nothing_there(parts: Parts, tmp_path: Path) -> None:
    assert imported(zipped({**parts, str(tmp_path / "evil"): b"evil"}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_what_is_missing_is_named(parts: Parts, missing: str) -> None:
    left = {name: content for name, content in parts.items() if name != missing}
    assert f"lacks {missing}" in str(imported(zipped(left)))


def test_a_file_that_unpacks_to_far_more_is_refused(parts: Parts) -> None:
    bomb = zipped({**parts, "events.jsonl": b" " * (20 * MEGABYTE)})
    assert "times its size" in refused_within(5 * MEGABYTE, bomb)


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(parts: Parts) -> None:
    content = bytearray(zipped({**parts, "config.json": b" " * (50 * MEGABYTE)}))
    # The true size stands before the name, in both places where the zip has it.
    index = -1
    while (index := content.find(b"config.json", index + 1)) >= 0:
        local = content[index - 30 : index - 26] == b"PK\x03\x04"
        struct.pack_into("<I", content, index - (8 if local else 22), 500)
    assert refused_within(5 * MEGABYTE, bytes(content))


def test_a_file_beyond_its_limit_is_refused(parts: Parts) -> None:
    noise = np.random.default_rng(0).bytes(100_000)
    assert "allowed are" in str(imported(zipped({**parts, "config.json": noise})))


def test_a_zip_beyond_the_limit_is_refused_unread() -> None:
    assert "allowed are" in str(imported(bytes(LARGEST_ZIP + 1)))


def test_thousands_of_files_are_refused_before_they_are_listed() -> None:
    assert "too many" in str(imported(zipped({str(number): b"" for number in range(3000)})))


def test_a_file_that_is_there_twice_is_refused(parts: Parts) -> None:
    packed = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", parts["config.json"])
    assert "twice" in str(imported(packed.getvalue()))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(parts: Parts, method: int) -> None:
    assert "plain zip" in str(imported(zipped(parts, method)))
