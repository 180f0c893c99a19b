"""A run that is taken elsewhere is the same run there; anything else is refused, and leaves nothing."""

from __future__ import annotations

import csv
import io
import json
import struct
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from vaelab import transfer, untrusted
from vaelab.arrays import read_weights
from vaelab.config import RunConfig
from vaelab.datasets import DATASETS, Dataset
from vaelab.fields import FIELD_NAMES
from vaelab.history import History
from vaelab.model import Autoencoder
from vaelab.recording import Recorder
from vaelab.runs import Run, RunStore
from vaelab.trained import load_run
from vaelab.training import train
from vaelab.transfer import ImportRefused, bundle, import_bundle, losses_csv, too_large
from vaelab.untrusted import tensor_shapes

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "runs"
SMALL = {"hidden": "none", "latent_dim": 1, "epochs": 2, "train_size": 500}
FILES = {"README.txt", "config.json", "model.safetensors", "losses.csv", "events.jsonl"}
RECIPES = {
    "vae": RunConfig(**SMALL),
    "ae": RunConfig(model="ae", **SMALL),
    "mse": RunConfig(reconstruction="mse", **SMALL),
    "conv": RunConfig(**{**SMALL, "architecture": "conv", "hidden": "2-3/5"}),
}


@pytest.fixture(scope="session")
def trained(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """A run of each of `RECIPES`, recorded as every run is."""
    store = RunStore(tmp_path_factory.mktemp("trained"))
    made: dict[str, Run] = {}

    def run(name: str) -> Run:
        if name not in made:
            made[name] = store.create(RECIPES[name], owner="somebody", name="Mine")
            recorder = Recorder(made[name])
            for _ in recorder.record(train(RECIPES[name], data=tiny, request=recorder.request)):
                pass
        return made[name]

    return run


@pytest.fixture(scope="session")
def parts(trained: Callable[[str], Run]) -> dict[str, bytes]:
    """The files of a valid zip, by name."""
    return Parts(contents_of(bundle(trained("vae"))))


class Parts(dict[str, bytes]):
    """Files by name, in few words where a test says what it was given."""

    def __repr__(self) -> str:
        return f"the files {', '.join(self)}"


def contents_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return packed.getvalue()


def imported(content: bytes) -> str | None:
    """Import into a new store; the refusal's text, or None for a run that is whole and alone."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "a" / "b" / "runs")
        try:
            run = import_bundle(content, store, "me")
        except ImportRefused as error:
            refusal = str(error)
        else:
            assert_whole(run)
            assert {path.parent for path in Path(folder).rglob("*") if path.is_file()} == {run.path}
            assert store.runs() == [run]
            return None
        assert list(Path(folder).rglob("*")) == []
        assert refusal.encode(), "a sentence that can be sent to a browser"
        return refusal


def assert_whole(run: Run) -> None:
    """What every page, the CLI and the next import need of a run."""
    load_run(run)
    said = History(run)
    assert run.status().state == "finished"
    assert len(said.steps["kl"]) == len(said.steps["recon"])
    assert losses_csv(said)
    assert set(contents_of(bundle(run))) == FILES


# What arrives is what was sent


@pytest.mark.parametrize("name", RECIPES)
def test_an_imported_run_is_the_run(trained: Callable[[str], Run], name: str, tmp_path: Path) -> None:
    run = trained(name)
    there = import_bundle(bundle(run), RunStore(tmp_path), "me")
    assert there.config == run.config
    assert_same_weights(there, run)
    before, after = History(run), History(there)
    assert (after.steps, after.evaluated, after.started) == (before.steps, before.evaluated, before.started)
    status, original = there.status(), run.status()
    kept = ("step", "epoch", "steps_per_epoch", "seconds", "threads", "precision", "device")
    assert [getattr(status, field) for field in kept] == [getattr(original, field) for field in kept]


def assert_same_weights(one: Run, other: Run) -> None:
    these, those = read_weights(one), read_weights(other)
    assert these.keys() == those.keys()
    assert all(np.array_equal(array, those[name]) for name, array in these.items())


def test_an_imported_run_belongs_to_whoever_imported_it(parts: dict[str, bytes], tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    first, second = (import_bundle(zipped(parts), store, "me") for _ in range(2))
    assert first.id != second.id
    assert (first.meta.owner, first.meta.place, first.meta.parent) == ("me", None, "")
    assert first.status().state == "finished"
    assert "mported" in first.status().message


@pytest.mark.parametrize("name", sorted(path.name for path in SHIPPED.iterdir() if path.is_dir()))
def test_shipped_runs_can_be_taken_along(name: str) -> None:
    assert imported(bundle(Run(SHIPPED / name, shipped=True))) is None


def test_a_zip_tells_nothing_of_its_owner(trained: Callable[[str], Run]) -> None:
    assert b"somebody" not in b"".join(contents_of(bundle(trained("vae"))).values())


def test_the_same_run_gives_the_same_zip(trained: Callable[[str], Run]) -> None:
    assert bundle(trained("vae")) == bundle(trained("vae"))


def test_config_and_weights_are_enough(parts: dict[str, bytes]) -> None:
    assert imported(zipped({name: parts[name] for name in ("config.json", "model.safetensors")})) is None


def test_a_line_torn_by_a_power_cut_stays_behind(trained: Callable[[str], Run], tmp_path: Path) -> None:
    run = trained("vae")
    lines = (run.path / "events.jsonl").read_bytes().splitlines(keepends=True)
    torn = RunStore(tmp_path).create(
        run.config,
        files={
            "model.safetensors": (run.path / "model.safetensors").read_bytes(),
            "events.jsonl": b"".join([*lines[:-2], lines[-2][:30] + b"\n", b'{"event": "st']),
        },
    )
    assert imported(bundle(torn)) is None


# The table of losses


@pytest.mark.parametrize("name", RECIPES)
def test_the_table_has_every_step_and_every_test_epoch(trained: Callable[[str], Run], name: str) -> None:
    said = History(trained(name))
    rows = list(csv.DictReader(io.StringIO(losses_csv(said))))
    by_split = {split: [row for row in rows if row["split"] == split] for split in ("train", "test")}
    for split, columns in (("train", said.steps), ("test", said.evaluated)):
        for field in ("step", "epoch", "recon", "kl"):
            read = [float(row[field]) if row[field] else None for row in by_split[split]]
            assert read == columns[field]
    assert [float(row["mse"]) for row in by_split["test"]] == said.evaluated["mse"]
    steps = [int(row["step"]) for row in rows]
    assert steps == sorted(steps)


@pytest.mark.parametrize("name", RECIPES)
def test_the_table_sums_up_where_there_is_an_elbo(trained: Callable[[str], Run], name: str) -> None:
    run = trained(name)
    for row in csv.DictReader(io.StringIO(losses_csv(History(run)))):
        if run.config.model == "ae":
            assert row["kl"] == row["neg_elbo"] == ""
        else:
            assert float(row["neg_elbo"]) == pytest.approx(float(row["recon"]) + float(row["kl"]))


def test_the_readme_explains_every_file_and_every_column(parts: dict[str, bytes]) -> None:
    readme = parts["README.txt"].decode()
    header = parts["losses.csv"].decode().splitlines()[0].split(",")
    words = {word.strip(",") for line in readme.splitlines() for word in line.split("  ")[0].split()}
    assert set(header) <= words
    assert set(parts) - {"README.txt"} <= words


# What a config says of its weights


@pytest.mark.parametrize("dataset", ["mnist", "cifar10"])
@pytest.mark.parametrize("name", [*RECIPES, "deep", "deep conv"])
def test_the_shapes_are_those_of_the_model(name: str, dataset: str) -> None:
    more = {
        "deep": RunConfig(hidden="7-5-3", latent_dim=4),
        "deep conv": RunConfig(architecture="conv", hidden="2-3-4-5/6-7/8"),
    }
    config = {**RECIPES, **more}[name].variant(dataset=dataset)
    model = Autoencoder(config, DATASETS[dataset].shape)
    assert tensor_shapes(config) == {name: tuple(array.shape) for name, array in model.state_dict().items()}


def test_a_huge_network_is_refused_before_anything_is_made_of_it(parts: dict[str, bytes]) -> None:
    largest = RunConfig(hidden="-".join(["4096"] * 8), latent_dim=256)
    parts = {**parts, "config.json": json.dumps(largest.model_dump()).encode()}
    assert "MB" in refused_within(10 * untrusted.MEGABYTE, zipped(parts))


def refused_within(memory: int, content: bytes) -> str:
    """The refusal of a zip, which takes at most so many bytes of memory."""
    tracemalloc.start()
    try:
        refusal = imported(content)
        assert tracemalloc.get_traced_memory()[1] < memory
    finally:
        tracemalloc.stop()
    assert refusal is not None
    return refusal


def test_weights_beyond_the_limit_are_not_offered(parts: dict[str, bytes], tmp_path: Path) -> None:
    run = RunStore(tmp_path).create(RunConfig())
    assert "no weights" in str(too_large(run))
    with (run.path / "model.safetensors").open("wb") as file:
        file.truncate(transfer.LARGEST_WEIGHTS * 2)
    assert "MB" in str(too_large(run))
    with pytest.raises(ValueError, match="MB"):
        bundle(run)


# What is no run

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
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(content: bytes) -> None:
    assert imported(content)
    assert imported(b"PK\x03\x04" + content)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_mutated_zip_is_refused_or_a_run(parts: dict[str, bytes], data: st.DataObject) -> None:
    content = bytearray(zipped(parts, data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))))
    # Half of the changes where the lists of files are, which a place drawn from all bytes seldom meets.
    near_the_end = st.integers(len(content) - 400, len(content) - 1)
    for _ in range(data.draw(st.integers(1, 4))):
        place = min(data.draw(near_the_end | st.integers(0, len(content) - 1)), len(content) - 1)
        change = data.draw(st.sampled_from(["flip", "cut", "insert", "end"]))
        if change == "flip":
            content[place] ^= data.draw(st.integers(1, 255))
        elif change == "cut":
            del content[place : place + data.draw(st.integers(1, 50))]
        elif change == "insert":
            content[place:place] = data.draw(st.binary(max_size=20))
        else:
            del content[place:]
        if not content:
            break
    imported(bytes(content))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(names, st.binary(max_size=40) | st.none(), max_size=5))
def test_files_of_other_names_are_refused(parts: dict[str, bytes], drawn: dict[str, bytes | None]) -> None:
    contents = {name: parts.get(name, b"") if content is None else content for name, content in drawn.items()}
    refusal = imported(zipped(contents))
    if set(contents) - set(parts):
        assert refusal
        assert "allowed are config.json" in refusal


@pytest.mark.parametrize("name", EVIL)
def test_no_name_leads_out_of_the_store(parts: dict[str, bytes], name: str) -> None:
    assert "allowed are" in str(imported(zipped({**parts, name: b"evil"})))


def test_an_absolute_name_writes_nothing_there(parts: dict[str, bytes], tmp_path: Path) -> None:
    assert imported(zipped({**parts, str(tmp_path / "evil"): b"evil"}))
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*FIELD_NAMES, "version", "other"]), json_values)
def test_any_value_of_a_field_is_refused_or_allowed(parts: dict[str, bytes], name: str, value: Any) -> None:
    config = {**json.loads(parts["config.json"]), name: value}
    imported(zipped({**parts, "config.json": json.dumps(config).encode()}))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_value_in_an_event_is_refused_or_allowed(parts: dict[str, bytes], data: st.DataObject) -> None:
    lines = [json.loads(line) for line in parts["events.jsonl"].splitlines()]
    event = data.draw(st.sampled_from([lines[0], lines[1], lines[-2], lines[-1]]))
    event[data.draw(st.sampled_from(sorted(event)))] = data.draw(json_values)
    changed = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    imported(zipped({**parts, "events.jsonl": changed}))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"nonsense",
        b"[" * 10_000,
        b'{"event": "preview"}',
        b'{"event": "step", "step": 1}',
        b"\xff\xfe",
    ],
)
def test_other_lines_than_events_are_refused(parts: dict[str, bytes], line: bytes) -> None:
    assert "events.jsonl" in str(imported(zipped({**parts, "events.jsonl": line + b"\n"})))


def test_events_out_of_order_are_refused(parts: dict[str, bytes]) -> None:
    lines = parts["events.jsonl"].splitlines(keepends=True)
    assert "order" in str(imported(zipped({**parts, "events.jsonl": b"".join([*lines, lines[1]])})))


@pytest.mark.parametrize("words", ["![x](http://a.b)", "<b>", "bf16 ", "x" * 17])
def test_words_that_a_page_shows_are_plain(parts: dict[str, bytes], words: str) -> None:
    lines = parts["events.jsonl"].splitlines()
    for field in ("precision", "device"):
        started = json.dumps({**json.loads(lines[0]), field: words}).encode()
        assert imported(zipped({**parts, "events.jsonl": b"\n".join([started, *lines[1:]])}))


def test_what_the_sender_wrote_at_the_end_is_not_shown(parts: dict[str, bytes], tmp_path: Path) -> None:
    lines = parts["events.jsonl"].splitlines()
    finished = json.dumps({**json.loads(lines[-1]), "message": "[click](http://a.b)"}).encode()
    run = import_bundle(
        zipped({**parts, "events.jsonl": b"\n".join([*lines[:-1], finished])}), RunStore(tmp_path)
    )
    said = History(run).finished
    assert said is not None
    assert said["message"] == run.status().message
    assert "click" not in said["message"]


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_what_is_missing_is_named(parts: dict[str, bytes], missing: str) -> None:
    left = {name: content for name, content in parts.items() if name != missing}
    assert f"lacks {missing}" in str(imported(zipped(left)))


@pytest.mark.parametrize("field", [*FIELD_NAMES, "version"])
def test_every_field_must_be_stated(parts: dict[str, bytes], field: str) -> None:
    config = json.loads(parts["config.json"])
    del config[field]
    assert field in str(imported(zipped({**parts, "config.json": json.dumps(config).encode()})))


def _without(weights: dict[str, np.ndarray]) -> None:
    weights.pop("decoder.0.bias")


def _with_more(weights: dict[str, np.ndarray]) -> None:
    weights["other"] = weights.pop("decoder.0.bias")


def _turned(weights: dict[str, np.ndarray]) -> None:
    weights["decoder.0.weight"] = weights["decoder.0.weight"].T.copy()


def _halved(weights: dict[str, np.ndarray]) -> None:
    weights["decoder.0.bias"] = np.zeros(2 * weights["decoder.0.bias"].size, np.float16)


def _not_a_number(weights: dict[str, np.ndarray]) -> None:
    weights["decoder.0.bias"][3] = np.nan


@pytest.mark.parametrize("spoil", [_without, _with_more, _turned, _halved, _not_a_number])
def test_other_weights_are_refused(parts: dict[str, bytes], spoil: Callable[[Any], None]) -> None:
    weights = safetensors.numpy.load(parts["model.safetensors"])
    spoil(weights)
    changed = {**parts, "model.safetensors": safetensors.numpy.save(weights)}
    assert "model.safetensors" in str(imported(zipped(changed)))


# What is made to exhaust a server


def test_a_file_that_unpacks_to_far_more_is_refused(parts: dict[str, bytes]) -> None:
    bomb = zipped({**parts, "events.jsonl": b" " * (20 * untrusted.MEGABYTE)})
    assert "times its size" in refused_within(5 * untrusted.MEGABYTE, bomb)


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(parts: dict[str, bytes]) -> None:
    content = bytearray(zipped({**parts, "config.json": b" " * (50 * untrusted.MEGABYTE)}))
    # The true size stands before the name, at both places where the zip has it.
    place = -1
    while (place := content.find(b"config.json", place + 1)) >= 0:
        local = content[place - 30 : place - 26] == b"PK\x03\x04"
        struct.pack_into("<I", content, place - (8 if local else 22), 500)
    assert refused_within(5 * untrusted.MEGABYTE, bytes(content))


def test_a_file_beyond_its_limit_is_refused(parts: dict[str, bytes]) -> None:
    noise = np.random.default_rng(0).bytes(100_000)
    assert "allowed are" in str(imported(zipped({**parts, "config.json": noise})))


def test_a_zip_beyond_the_limit_is_refused_unread() -> None:
    assert "allowed are" in str(imported(bytes(transfer.LARGEST_ZIP + 1)))


def test_thousands_of_files_are_refused_before_they_are_listed() -> None:
    assert "too many" in str(imported(zipped({str(number): b"" for number in range(3000)})))


def test_a_file_that_is_there_twice_is_refused(parts: dict[str, bytes]) -> None:
    packed = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", parts["config.json"])
    assert "twice" in str(imported(packed.getvalue()))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(parts: dict[str, bytes], method: int) -> None:
    assert "plain zip" in str(imported(zipped(parts, method)))


def test_a_full_disk_leaves_nothing_behind(
    parts: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vaelab.runs.os.replace", full)
    with pytest.raises(OSError, match="space"):
        import_bundle(zipped(parts), RunStore(tmp_path / "runs"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert RunStore(tmp_path / "runs").runs() == []
