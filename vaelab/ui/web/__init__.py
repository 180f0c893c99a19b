"""The parts of the server that concern no particular page: gate, cookie, addresses, assets, presence.

Requests, files and connections of browsers enter. A visitor's token, addresses of our routes, files by their
tickets and who is present leave.
"""
