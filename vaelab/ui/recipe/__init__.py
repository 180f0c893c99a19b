"""The form of a recipe, and what pages offer for a recipe: links, code, the finished example."""
