"""The form of a recipe, and all that one does with a recipe: share it, show its code, find an example."""
