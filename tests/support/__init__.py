"""What tests share that is no test, and the commands that made the data in tests/data."""
