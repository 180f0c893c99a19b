"""Bounded types of the values in a run's JSON files, and the check of values from a file."""

from collections.abc import Hashable
from functools import cache
from typing import Annotated, Any, TypeVar, cast

from annotated_types import Ge, Le
from pydantic import TypeAdapter, ValidationError

LARGEST_NUMBER = 2**53
"""Largest number accepted from a file: larger whole numbers are not all exact as a float."""

LATEST = 253_402_300_799
"""Largest time accepted from a file, in seconds since 1970: the end of 9999, the last year of `datetime`."""

LONGEST = 10**9
"""Longest training accepted from a file, in seconds: thirty years."""

MOST_THREADS = 4096
"""Largest number of processor threads accepted from a file: no machine has more."""

Count = Annotated[int, Ge(0), Le(LARGEST_NUMBER)]
Amount = Annotated[float, Ge(0), Le(LARGEST_NUMBER)]
Finite = Annotated[float, Ge(-LARGEST_NUMBER), Le(LARGEST_NUMBER)]
Time = Annotated[float, Ge(0), Le(LATEST)]
Seconds = Annotated[float, Ge(0), Le(LONGEST)]
Threads = Annotated[int, Ge(0), Le(MOST_THREADS)]

Record = TypeVar("Record")


def checked(kind: type[Record], values: dict[str, Any]) -> Record:
    """A record of a dataclass from untrusted JSON values; values of unknown names are left out.

    Raises
    ------
    ValueError
        If a value is missing or of a wrong type; the text names it.
    """
    try:
        return _adapter(cast(Hashable, kind)).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
