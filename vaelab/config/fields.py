"""Descriptions of the fields of `RunConfig`: labels, bounds, allowed values, sentences about wrong ones.

Everything here reads the pydantic fields, so that a form, the command line and an error message
never disagree with the validation.
"""

import difflib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError

from vaelab.config.run_config import VERSION, RunConfig, upgrade

Kind = Literal["choice", "integer", "number", "text"]


@dataclass(frozen=True)
class FieldSpec:
    """One field of `RunConfig` as a form or a help text needs it."""

    name: str
    kind: Kind
    label: str
    help: str
    unit: str
    allowed: str
    """Allowed values, as the end of the sentence "… must be"."""
    choices: tuple[str, ...]
    labels: dict[str, str]
    minimum: float | None
    maximum: float | None


_KINDS: dict[Any, Kind] = {int: "integer", float: "number"}

FIELD_NAMES: tuple[str, ...] = tuple(name for name in RunConfig.model_fields if name != "version")


@cache
def field_spec(name: str) -> FieldSpec:
    """The description of one field, read from `RunConfig`."""
    info = RunConfig.model_fields[name]
    extra: Any = info.json_schema_extra
    rows = extra["rows"] or {}
    choices = tuple(get_args(info.annotation)) if get_origin(info.annotation) is Literal else tuple(rows)
    kind: Kind = "choice" if choices else _KINDS.get(info.annotation, "text")
    minimum, maximum = extra["minimum"], extra["maximum"]
    return FieldSpec(
        name=name,
        kind=kind,
        label=str(info.title),
        help=str(info.description),
        unit=extra["unit"],
        allowed=extra["allowed"] or _allowed(kind, choices, minimum, maximum),
        choices=choices,
        labels=extra["labels"] or {name: row.label for name, row in rows.items()},
        minimum=minimum,
        maximum=maximum,
    )


def _allowed(kind: Kind, choices: tuple[str, ...], minimum: Any, maximum: Any) -> str:
    if choices:
        return "one of " + ", ".join(choices)
    noun = "a whole number" if kind == "integer" else "a number"
    return f"{noun} from {minimum:,} to {maximum:,}"


def problems(error: ValidationError) -> dict[str, str]:
    """A sentence for each bad field, by the field's name, which says what is allowed."""
    sentences: dict[str, str] = {}
    for item in error.errors():
        name = str(item["loc"][0]) if item["loc"] else "recipe"
        sentences.setdefault(name, _sentence(name, item["input"], item.get("ctx", {}).get("allowed")))
    return sentences


def _sentence(name: str, value: Any, allowed: str | None = None) -> str:
    text = repr(value if isinstance(value, (str, int, float)) else str(value))
    text = text if len(text) <= 60 else text[:57] + "…"
    if name == "recipe":
        return f"recipe: a recipe is an object of fields, not {text}."
    if name not in RunConfig.model_fields:
        near = difflib.get_close_matches(name, FIELD_NAMES, n=1)
        hint = f"did you mean {near[0]}?" if near else "allowed are " + ", ".join(FIELD_NAMES) + "."
        printable = name[:40].encode(errors="replace").decode()  # JSON can hold half of a surrogate pair
        return f"{printable}: there is no such field; {hint}"
    if name == "version":
        return f"version: must be {VERSION}, not {text}."
    return f"{labelled(name)}: must be {allowed or field_spec(name).allowed}, not {text}."


def labelled(name: str) -> str:
    """A field as sentences name it: its label, and its name where that is another word."""
    label = field_spec(name).label
    return label if label.casefold() == name else f"{label} ({name})"


def read_config(values: Any) -> tuple[RunConfig | None, dict[str, str]]:
    """A config from untrusted values, or a sentence for each bad field.

    Returns
    -------
    (config, sentences): config is None if there are sentences.
    """
    if not isinstance(values, dict):
        return None, {"recipe": _sentence("recipe", values)}
    try:
        return RunConfig.model_validate(upgrade(values)), {}
    except ValidationError as error:
        return None, problems(error)
    except ValueError as error:
        return None, {"version": str(error)}


def as_text(value: Any) -> str:
    """A field's value as links and the command line write it: None is `none`, 10.0 is `10`.

    `read_config` reads exactly the same value from the text.
    """
    return "none" if value is None else str(value).removesuffix(".0")


def in_words(name: str, value: Any) -> str:
    """A field's value as people read it: `bce` is "Cross-entropy (bce)", 60000 is "60,000"."""
    if type(value) is int and value >= 1000 and name != "seed":
        return f"{value:,}"
    if type(value) is float and 0 < abs(value) < 1e-4:
        return f"{Decimal(repr(value)):f}"  # Python would write 1e-05
    return field_spec(name).labels.get(value) or as_text(value)


def changes(config: RunConfig, before: RunConfig) -> list[str]:
    """Names of the fields in which two configs differ, in the order of the fields."""
    return [name for name in FIELD_NAMES if getattr(config, name) != getattr(before, name)]


def changes_in_words(config: RunConfig, before: RunConfig) -> str:
    """The changes, such as "learning rate 0.1 instead of 0.001, beta 4 instead of 1"; empty for none."""
    return ", ".join(
        f"{field_spec(name).label.lower()} {in_words(name, getattr(config, name))} instead of "
        f"{in_words(name, getattr(before, name))}"
        for name in changes(config, before)
    )
