"""The page Compare: two to six runs side by side, while they train and afterwards.

Ids of runs enter, from the picker or a link. Tables, charts and latent planes under one cursor are drawn.
"""
