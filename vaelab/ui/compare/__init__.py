"""The page Compare: two to six runs side by side, while they train and afterwards."""
