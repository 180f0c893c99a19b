"""The Train page: its buttons, the live views of the run that trains, and the hints."""
