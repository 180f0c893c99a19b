"""Reading a zip from an untrusted source: only expected files, and only of the sizes that are allowed."""

import zipfile
import zlib
from collections.abc import Mapping
from typing import BinaryIO

MEGABYTE = 2**20
RATIO = 100
"""Largest ratio of a file's size to its packed size: text reaches 20, weights 1.1."""
MOST_ENTRIES = 100


class ImportRefused(ValueError):
    """A file is not a run that can be imported; the text is a sentence for people."""


def unpack(file: BinaryIO, wanted: Mapping[str, int], ignored: frozenset[str]) -> dict[str, bytes]:
    """The wanted files of a zip by name.

    Parameters
    ----------
    file: the zip, open for reading; it is never whole in memory.
    wanted: names of the files to read, which stand in no folder, with the largest size of each in bytes.
    ignored: names of further files that are allowed and not read.

    Raises
    ------
    ImportRefused
        If the content is not a zip, has any other file, or a file is damaged or too large.
    """
    # This count comes before opening the zip, because opening creates an object for every entry.
    if _count(file, b"PK\x01\x02") > MOST_ENTRIES:
        raise ImportRefused(f"The zip has too many files; {_allowed(wanted, ignored)}")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_names([entry.filename for entry in entries], wanted, ignored)
            return {
                entry.filename: _read(archive, entry, wanted[entry.filename])
                for entry in entries
                if entry.filename in wanted
            }
    # These are the errors that zipfile raises for files that are damaged or made by hand.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ImportRefused(f"This file is no zip, or a damaged one: {error}.") from error
    except ImportRefused:
        raise
    except (ValueError, IndexError, OverflowError) as error:
        raise ImportRefused("This zip is damaged: its list of files cannot be read.") from error


def _count(file: BinaryIO, wanted: bytes) -> int:
    """How often some bytes occur in a file."""
    file.seek(0)
    count, end = 0, b""
    while block := file.read(MEGABYTE):
        block = end + block
        count += block.count(wanted)
        end = block[1 - len(wanted) :]  # an occurrence may lie across two blocks
    return count


def _allowed(wanted: Mapping[str, int], ignored: frozenset[str]) -> str:
    return f"allowed are {', '.join([*wanted, *sorted(ignored)])}, without any folder."


def _check_names(names: list[str], wanted: Mapping[str, int], ignored: frozenset[str]) -> None:
    for name in names:
        if name not in wanted and name not in ignored:
            short = repr(name if len(name) <= 60 else name[:57] + "…")
            raise ImportRefused(f"The zip has a file {short}; {_allowed(wanted, ignored)}")
    if len(set(names)) < len(names):
        raise ImportRefused("The zip has a file twice; each may be there once.")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
        raise ImportRefused(f"{entry.filename} is packed in an unusual way; use a plain zip, no password.")
    if entry.file_size > most:
        raise ImportRefused(
            f"{entry.filename} has {entry.file_size / MEGABYTE:,.1f} MB; allowed are {most / MEGABYTE:g} MB."
        )
    if entry.file_size > RATIO * max(1, entry.compress_size):
        raise ImportRefused(
            f"{entry.filename} unpacks to more than {RATIO} times its size, which no run's file does."
        )
    with archive.open(entry) as file:
        # The limit is for entries that unpack to more than they state.
        return file.read(entry.file_size + 1)
