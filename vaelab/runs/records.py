"""Bounded types of a run's JSON files, and the check that values from a file are of them."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Annotated, Any, TypeVar, cast

from annotated_types import Ge, Le
from pydantic import TypeAdapter, ValidationError

LARGEST_NUMBER = 2**53
"""Largest number accepted from a file: beyond it a float no longer tells whole numbers apart."""

LATEST = 253_402_300_799
"""The end of the year 9999 in seconds since 1970, the last that a calendar can show."""

LONGEST = 10**9
"""Seconds of the longest training: thirty years, which a table can show."""

MOST_THREADS = 4096
"""Largest number of processor threads: no machine has more."""

Count = Annotated[int, Ge(0), Le(LARGEST_NUMBER)]
Amount = Annotated[float, Ge(0), Le(LARGEST_NUMBER)]
Finite = Annotated[float, Ge(-LARGEST_NUMBER), Le(LARGEST_NUMBER)]
Time = Annotated[float, Ge(0), Le(LATEST)]
Seconds = Annotated[float, Ge(0), Le(LONGEST)]
Threads = Annotated[int, Ge(0), Le(MOST_THREADS)]

Record = TypeVar("Record")


def checked(kind: type[Record], values: dict[str, Any]) -> Record:
    """A record of the given dataclass from untrusted JSON values; unknown ones are left out.

    Raises
    ------
    ValueError
        If one is missing or of a wrong type; the text names it.
    """
    try:
        return _adapter(cast(Hashable, kind)).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
