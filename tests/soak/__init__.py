"""A class on one server: visitors who train, explore and reload while workers and the server are killed."""
