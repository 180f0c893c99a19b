"""What visitors send is bounded whatever they do, given to its page alone, and gone when it is not used."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import Clock
from tests.support.uploads import put_file
from vaelab.engine.presence import Presence
from vaelab.export.unzip import MEGABYTE
from vaelab.settings import Settings
from vaelab.ui.web import intake as module
from vaelab.ui.web.intake import AT_ONCE, AT_ONCE_IN_ALL, AWAY, KEPT, Intake, Kind, Upload, UploadRefused

ADA, BOB, EVE = ("a" * 32, "b" * 32, "e" * 32)
SLOTS = ("0" * 32, "1" * 32, "2" * 32, "3" * 32)
LARGEST = 3 * MEGABYTE
EACH, ALL = 5 * MEGABYTE, 9 * MEGABYTE


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.KINDS, "run", Kind(LARGEST, ".zip"))


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.0)


@pytest.fixture
def presence(clock: Clock) -> Presence:
    return Presence(clock)


@pytest.fixture
def held(tmp_path: Path, clock: Clock, presence: Presence) -> Intake:
    return made(tmp_path / "uploads", clock, presence)


def made(folder: Path, clock: Clock, presence: Presence, **settings: bool) -> Intake:
    limits = Settings(
        visitor_upload_megabytes=EACH // MEGABYTE, server_upload_megabytes=ALL // MEGABYTE, **settings
    )
    return Intake(folder, limits, presence, clock)


def files(held: Intake) -> list[bytes]:
    return [path.read_bytes() for path in held.folder.glob("*")]


def taken(held: Intake, ticket: object, visitor: str = ADA, kind: str = "run") -> bytes:
    with held.take(ticket, visitor, kind) as path:
        return path.read_bytes()


@pytest.fixture
def coming(held: Intake) -> Callable[..., Upload]:
    def begin(visitor: str = ADA, slot: str = SLOTS[0], length: int | None = None) -> Upload:
        return held.begin(visitor, "run", slot, length)

    return begin


SIZES = (0, 1, MEGABYTE, 2 * MEGABYTE, LARGEST, LARGEST + 1)
DEEDS = ("begin", "begin", "begin", "grow", "grow", "grow", "grow", "finish", "drop", "take")


@pytest.mark.parametrize("seed", range(20))
def test_whatever_visitors_do_what_is_held_stays_within_the_limits(seed: int) -> None:
    chance = Random(seed)
    held, came = made(Path("nowhere"), Clock(0.0), Presence()), dict[tuple[str, str], Upload]()
    seen: list[Upload] = []
    with ExitStack() as in_use:
        for _ in range(300):
            sender = chance.choice((ADA, BOB, EVE)), chance.choice(SLOTS)
            deed, size = chance.choice(DEEDS), chance.choice(SIZES)
            with suppress(UploadRefused):
                if deed == "begin":
                    came[sender] = held.begin(
                        sender[0], "run", sender[1], size if chance.random() < 0.5 else None
                    )
                    seen.append(came[sender])
                elif upload := came.get(sender):
                    _do(deed, held, upload, size, in_use)
            there = [one for one in seen if one.ticket in held._uploads]
            assert all(one.received <= LARGEST for one in there)
            assert sum(one.received for one in there) <= ALL
            for each in (ADA, BOB, EVE):
                own = [one for one in there if one.visitor == each]
                assert sum(one.received for one in own) <= EACH
                assert [one.stage for one in own].count(module.Stage.COMING) <= AT_ONCE
    assert len(seen) > 20


def _do(deed: str, held: Intake, upload: Upload, size: int, in_use: ExitStack) -> None:
    if deed == "grow":
        try:
            held.grow(upload, size)
        except UploadRefused:
            held.drop(upload)  # as the route does
    elif deed == "finish":
        held.finish(upload)
    elif deed == "take":
        in_use.enter_context(held.take(upload.ticket, upload.visitor, "run"))
        if size:  # it is not used for ever
            in_use.pop_all().close()
    else:
        held.drop(upload)


def test_too_much_is_refused_in_sentences_that_say_what_is_allowed(
    held: Intake, coming: Callable[..., Upload]
) -> None:
    with pytest.raises(UploadRefused, match=r"This file has 4 MB; allowed are 3 MB\."):
        coming(length=4 * MEGABYTE)
    put_file(held, bytes(3 * MEGABYTE), ADA, SLOTS[0])
    with pytest.raises(UploadRefused, match=r"take 3 MB, and can take 5 MB"):
        coming(slot=SLOTS[1], length=3 * MEGABYTE)
    put_file(held, bytes(3 * MEGABYTE), BOB)
    put_file(held, bytes(3 * MEGABYTE), EVE)
    with pytest.raises(UploadRefused, match="This server holds as many files as it can"):
        coming(EVE, SLOTS[1], length=MEGABYTE)


def test_a_file_of_unannounced_length_is_refused_once_it_passes_a_limit(
    held: Intake, coming: Callable[..., Upload]
) -> None:
    upload = coming()
    held.grow(upload, LARGEST)
    with pytest.raises(UploadRefused, match="more than the allowed 3 MB"):
        held.grow(upload, 1)
    second = coming(slot=SLOTS[1])
    held.grow(second, 2 * MEGABYTE)
    with pytest.raises(UploadRefused, match="take 5 MB, and can take 5 MB"):
        held.grow(second, 1)


def test_what_is_announced_is_counted_before_it_comes_and_not_after_it_failed(
    held: Intake, coming: Callable[..., Upload]
) -> None:
    upload = coming(length=LARGEST)
    with pytest.raises(UploadRefused):
        coming(slot=SLOTS[1], length=LARGEST)
    held.drop(upload)
    coming(slot=SLOTS[1], length=LARGEST)


def test_an_announcement_takes_no_room_from_others(held: Intake, coming: Callable[..., Upload]) -> None:
    announced = [coming(f"{visitor:032x}", length=LARGEST) for visitor in range(5)]
    for upload in announced:
        held.grow(upload, 1)
    put_file(held, bytes(LARGEST), ADA)
    put_file(held, bytes(MEGABYTE), BOB)
    for one_more in (lambda: coming(EVE, length=1), lambda: held.grow(announced[0], MEGABYTE)):
        with pytest.raises(UploadRefused, match="This server holds as many files as it can"):
            one_more()


def test_small_files_count_too(held: Intake) -> None:
    for slot in range(EACH // MEGABYTE):
        put_file(held, b"x", ADA, f"{slot:032x}")
    with pytest.raises(UploadRefused, match="no page has used yet take 5 MB"):
        put_file(held, b"x", ADA, "f" * 32)


def test_so_many_at_the_same_time_and_no_more(tmp_path: Path, coming: Callable[..., Upload]) -> None:
    for slot in SLOTS[:AT_ONCE]:
        coming(slot=slot)
    with pytest.raises(UploadRefused, match=f"You are sending {AT_ONCE} files"):
        coming(slot=SLOTS[AT_ONCE])
    roomy = Intake(tmp_path, Settings(), Presence())
    for visitor in range(AT_ONCE_IN_ALL):
        roomy.begin(f"{visitor:032x}", "run", SLOTS[0], None)
    with pytest.raises(UploadRefused, match="Many files are being sent"):
        roomy.begin(EVE, "run", SLOTS[0], None)


def test_a_single_user_has_all_the_room_there_is(tmp_path: Path, presence: Presence, clock: Clock) -> None:
    held = made(tmp_path, clock, presence, single_user=True)
    for slot in SLOTS[:3]:
        put_file(held, bytes(3 * MEGABYTE), ADA, slot)
    with pytest.raises(UploadRefused):
        put_file(held, b"x", ADA, SLOTS[3])


def test_a_new_file_replaces_the_earlier_one_of_its_slot(held: Intake, coming: Callable[..., Upload]) -> None:
    first = put_file(held, bytes(LARGEST), ADA)
    second = put_file(held, b"second" + bytes(LARGEST - 6), ADA)
    assert [content[:6] for content in files(held)] == [b"second"]
    with pytest.raises(UploadRefused, match="choose it again"):
        taken(held, first)
    assert taken(held, second)[:6] == b"second"
    on_its_way = coming()
    coming()
    for told in (lambda: held.grow(on_its_way, 1), lambda: held.finish(on_its_way)):
        with pytest.raises(UploadRefused, match="Another file was chosen"):
            told()


def test_a_file_in_use_is_neither_replaced_nor_forgotten(held: Intake, clock: Clock) -> None:
    ticket = put_file(held, b"in use", ADA)
    with held.take(ticket, ADA, "run") as path:
        put_file(held, b"new", ADA)
        clock.now = 1e6
        held.sweep()
        assert path.read_bytes() == b"in use"
    assert not path.exists()


def test_a_ticket_is_good_for_its_visitor_once(held: Intake) -> None:
    ticket = put_file(held, b"Ada's", ADA)
    for visitor, kind in ((EVE, "run"), (ADA, "other")):
        with pytest.raises(UploadRefused, match="not here any more"):
            taken(held, ticket, visitor, kind)
    assert taken(held, ticket) == b"Ada's"
    assert files(held) == []
    with pytest.raises(UploadRefused, match="not here any more"):
        taken(held, ticket)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(anything)
def test_a_forged_ticket_is_refused(ticket: object) -> None:
    held = Intake(Path("nowhere"), Settings(), Presence())
    with pytest.raises(UploadRefused, match="not here any more"):
        taken(held, ticket)


def test_what_no_page_takes_is_deleted(held: Intake, presence: Presence, clock: Clock) -> None:
    presence.arrive(ADA)
    put_file(held, b"Ada's", ADA)
    presence.arrive(BOB)
    put_file(held, b"Bob's", BOB)
    presence.leave(BOB)
    clock.now = 1000 + AWAY
    held.sweep()
    assert len(files(held)) == 2
    clock.now += 1
    held.sweep()
    assert files(held) == [b"Ada's"], "Bob is gone"
    clock.now = 1000 + KEPT + 1
    held.sweep()
    assert files(held) == []
    put_file(held, bytes(LARGEST), ADA, SLOTS[1])  # nothing of them counts any more


def test_an_empty_file_is_refused(held: Intake, coming: Callable[..., Upload]) -> None:
    with pytest.raises(UploadRefused, match="empty"):
        held.finish(coming())


def test_nothing_of_an_earlier_server_is_kept(held: Intake, presence: Presence, clock: Clock) -> None:
    put_file(held, b"left", BOB)
    ticket = put_file(held, b"lost", ADA)
    later = made(held.folder, clock, presence)
    later.empty()
    assert files(later) == []
    with pytest.raises(UploadRefused, match="not here any more"):
        taken(held, ticket)
