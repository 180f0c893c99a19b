"""The parts of the server that concern no particular page: cookies, addresses, assets, headers, presence."""
