"""How fast training and the app are, measured: `make bench`. Nothing here is run by `make test`."""
