"""The form of a recipe, and what pages offer for a recipe: links, code, the finished example.

Values of widgets enter. A valid `RunConfig` leaves, or a sentence for each field that is wrong.
"""
