"""The recipe of a run: `RunConfig`, its fields in words, presets, traits of models, and quantities.

Values enter from forms, links, the command line and JSON files. A validated, frozen `RunConfig` leaves,
with every field's label, help, unit and bounds, and sentences for values that are not allowed. Nothing here
computes with data.
"""

from vaelab.config.comparable import by_dataset
from vaelab.config.fields import FIELD_NAMES, as_text, field_spec, in_words, read_config
from vaelab.config.in_force import why_not_in_force
from vaelab.config.presets import PRESETS
from vaelab.config.quantities import QUANTITIES, Losses, Quantity, losses, measures
from vaelab.config.run_config import RunConfig, with_changes
from vaelab.config.traits import kinds_with

__all__ = [
    "FIELD_NAMES",
    "PRESETS",
    "QUANTITIES",
    "Losses",
    "Quantity",
    "RunConfig",
    "as_text",
    "by_dataset",
    "field_spec",
    "in_words",
    "kinds_with",
    "losses",
    "measures",
    "read_config",
    "why_not_in_force",
    "with_changes",
]
