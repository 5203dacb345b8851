"""The routes, one module per subject. Types in, one call, types out."""
