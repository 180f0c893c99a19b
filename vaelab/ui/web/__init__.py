"""The parts of the server that concern no particular page: cookies, addresses, assets, headers, presence,
files that are sent.

Requests and connections of browsers enter. A visitor's token, addresses of our routes and who is present
leave.
"""
