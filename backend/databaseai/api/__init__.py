"""The HTTP face: routes, wire types, problems."""
