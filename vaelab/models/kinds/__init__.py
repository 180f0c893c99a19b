"""How each kind of data becomes the numbers that a model takes, and back: one module a kind."""
