"""The Train page: its buttons, the live views of the run in training, and the hints."""
