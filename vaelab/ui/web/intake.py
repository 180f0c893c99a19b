"""The intake: files that browsers send, kept on the disk and counted against limits while they come.

A file belongs to its visitor and to a slot, which is a widget in one of the visitor's tabs and has one file
at a time. Its ticket is an unguessable number that the browser is told when the whole file is here; with it
the page takes the file, once. What no page takes is deleted after some minutes, or once the visitor is gone.
"""

import math
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from vaelab.engine.presence import Presence
from vaelab.export.bundle import LARGEST_ZIP
from vaelab.export.unzip import MEGABYTE
from vaelab.settings import Settings

SMALLEST = MEGABYTE
"""Bytes that a file counts as at least, so that the limits bound the number of files as well."""
AT_ONCE = 3
"""Uploads of one visitor at the same time."""
AT_ONCE_IN_ALL = 60
"""Uploads of all visitors at the same time: each keeps a block of its file in memory."""
KEPT = 300.0
"""Seconds for which a file waits for its page. A page takes it at once, unless its connection broke."""
AWAY = 60.0
"""Seconds after which a visitor without a connected page is gone; a reload takes less."""

GONE = "This file is not here any more; choose it again."


@dataclass(frozen=True)
class Kind:
    """A kind of file that a page takes: its largest size in bytes, and how names of such files end."""

    largest: int
    ending: str


KINDS = {"run": Kind(LARGEST_ZIP, ".zip")}


class UploadRefused(Exception):
    """A file is not taken; the text is a sentence for people, `status` that of the HTTP answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Stage(Enum):
    """How far an upload has come."""

    COMING = "coming"
    HERE = "here"
    TAKEN = "taken"
    DROPPED = "dropped"


@dataclass
class Upload:
    """One file on its way from a browser to a page, with the bytes that are announced and that have come."""

    visitor: str
    kind: str
    slot: str
    path: Path
    announced: int
    received: int = 0
    stage: Stage = Stage.COMING
    since: float = 0.0
    ticket: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def reserved(self) -> int:
        """Bytes that it takes of its visitor's limit, with those that have yet to come."""
        return max(self.announced, self.received, SMALLEST)

    @property
    def held(self) -> int:
        """Bytes that it takes of the server's limit: an announcement alone takes no room from others."""
        return max(self.received, SMALLEST)


class Intake:
    """All files that were sent to this server and not yet used; safe for several threads.

    Parameters
    ----------
    folder: where the files are; it is made with the first.
    settings: has the limits in megabytes for one visitor, and for all.
    presence: knows which visitors are here.
    clock: seconds on a clock that never goes back.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        presence: Presence,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self._most = settings.server_upload_megabytes * MEGABYTE
        self._most_each = self._most if settings.single_user else settings.visitor_upload_megabytes * MEGABYTE
        self._presence = presence
        self._clock = clock
        self._lock = threading.Lock()
        self._uploads: dict[str, Upload] = {}

    def empty(self) -> None:
        """Delete what an earlier server, which may have been killed, has left in the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def check(self, visitor: str, kind: str, slot: str, length: int) -> None:
        """Raise UploadRefused if a file of this length, in bytes, would be refused now."""
        with self._lock:
            self._admit(visitor, kind, slot, length)

    def begin(self, visitor: str, kind: str, slot: str, length: int | None) -> Upload:
        """Let a file come, instead of an earlier one of the same slot.

        Parameters
        ----------
        length: bytes that the browser announces; None if it does not.

        Raises
        ------
        UploadRefused
            If the file, or one more file, is more than is allowed.
        """
        announced = length or 0
        with self._lock:
            self._admit(visitor, kind, slot, announced)
            for earlier in list(self._uploads.values()):
                if _is_replaced(earlier, visitor, kind, slot):
                    self._drop(earlier)
            upload = Upload(visitor, kind, slot, self.folder / secrets.token_hex(16), announced)
            self._uploads[upload.ticket] = upload
            return upload

    def grow(self, upload: Upload, count: int) -> None:
        """Count `count` more bytes, before they are written; raises UploadRefused if they are too many."""
        largest = KINDS[upload.kind].largest
        with self._lock:
            if upload.stage is not Stage.COMING:
                raise UploadRefused(409, "Another file was chosen instead of this one.")
            received = upload.received + count
            if received > largest:
                raise UploadRefused(413, f"This file has more than the allowed {_megabytes(largest)}.")
            reserved, held = max(0, received - upload.reserved), max(0, received - upload.held)
            self._check_room(upload.visitor, list(self._uploads.values()), reserved, held)
            upload.received = received

    def finish(self, upload: Upload) -> str:
        """Keep the whole file for its page; returns its ticket, raises UploadRefused if it is not wanted."""
        with self._lock:
            if upload.stage is not Stage.COMING:
                raise UploadRefused(409, "Another file was chosen instead of this one.")
            if not upload.received:
                raise UploadRefused(400, "This file is empty.")
            upload.stage, upload.since = Stage.HERE, self._clock()
            upload.announced = upload.received
            return upload.ticket

    def drop(self, upload: Upload) -> None:
        """Delete a file and count it no more; one that is gone already is left alone."""
        with self._lock:
            self._drop(upload)

    @contextmanager
    def take(self, ticket: object, visitor: str, kind: str) -> Iterator[Path]:
        """The file of a ticket, which comes from a browser and may be anything; it is deleted at the end.

        Raises
        ------
        UploadRefused
            If this visitor has no such file, or it was taken already.
        """
        with self._lock:
            upload = self._uploads.get(ticket) if isinstance(ticket, str) else None
            if upload is None or (upload.visitor, upload.kind, upload.stage) != (visitor, kind, Stage.HERE):
                raise UploadRefused(404, GONE)
            upload.stage = Stage.TAKEN
        try:
            if not upload.path.is_file():  # another server with the same folder of runs has emptied ours
                raise UploadRefused(404, GONE)
            yield upload.path
        finally:
            self.drop(upload)

    def sweep(self) -> None:
        """Delete the files that no page has taken in time, and those of visitors who are gone."""
        with self._lock:
            for upload in list(self._uploads.values()):
                waited = self._clock() - upload.since
                is_left = waited > AWAY and self._presence.absent(upload.visitor) > AWAY
                if upload.stage is Stage.HERE and (waited > KEPT or is_left):
                    self._drop(upload)

    def _admit(self, visitor: str, kind: str, slot: str, length: int) -> None:
        largest = KINDS[kind].largest
        if length > largest:
            allowed = f"allowed are {_megabytes(largest)}"
            raise UploadRefused(413, f"This file has {_megabytes(length)}; {allowed}.")
        others = [one for one in self._uploads.values() if not _is_replaced(one, visitor, kind, slot)]
        coming = [one.visitor for one in others if one.stage is Stage.COMING]
        if coming.count(visitor) >= AT_ONCE:
            raise UploadRefused(429, f"You are sending {AT_ONCE} files; wait until one of them is here.")
        if len(coming) >= AT_ONCE_IN_ALL:
            raise UploadRefused(503, "Many files are being sent to this server; try again in a minute.")
        size = max(length, SMALLEST)
        self._check_room(visitor, others, size, size)

    def _check_room(self, visitor: str, uploads: list[Upload], reserved: int, held: int) -> None:
        """Raise UploadRefused if the visitor cannot reserve, or the server hold, so many bytes more."""
        own = sum(one.reserved for one in uploads if one.visitor == visitor)
        if own + reserved > self._most_each:
            raise UploadRefused(
                413,
                f"Files that you sent and that no page has used yet take {_megabytes(own)}, and can take "
                f"{_megabytes(self._most_each)}; try again in a few minutes.",
            )
        if sum(one.held for one in uploads) + held > self._most:
            raise UploadRefused(503, "This server holds as many files as it can; try again in a few minutes.")

    def _drop(self, upload: Upload) -> None:
        upload.stage = Stage.DROPPED
        self._uploads.pop(upload.ticket, None)
        with suppress(OSError):  # Windows keeps a file that is being written: its writer drops it again
            upload.path.unlink(missing_ok=True)


def _is_replaced(upload: Upload, visitor: str, kind: str, slot: str) -> bool:
    """Whether a new file of a slot replaces this one; a file that a page uses already is left alone."""
    return (upload.visitor, upload.kind, upload.slot) == (visitor, kind, slot) and (
        upload.stage is not Stage.TAKEN
    )


def _megabytes(size: int) -> str:
    """A size rounded up, so that one that is just too large reads larger than what is allowed."""
    return f"{math.ceil(10 * size / MEGABYTE) / 10:,g} MB"
