"""The parts of the server that know no page: cookies, addresses, served files, protection, presence."""
