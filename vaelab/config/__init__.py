"""The recipe of a run: `RunConfig`, its fields in words, presets, traits of models, and quantities.

Values enter from forms, links, the command line and JSON files. A validated, frozen `RunConfig` leaves,
with every field's label, help, unit and bounds, and sentences for values that are not allowed. Nothing here
computes with data.
"""
