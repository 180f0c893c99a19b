"""What a run is to do: `RunConfig`, its fields in words, the presets, and what a kind of model has.

Values enter from forms, links, the command line and JSON files. A validated, frozen `RunConfig` leaves,
with every field's label, help, unit and bounds, and sentences for values that are not allowed. Nothing here
computes with data.
"""
