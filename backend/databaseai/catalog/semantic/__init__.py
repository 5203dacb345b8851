"""The semantic model: the business's own words for its tables, as a file that a person writes.

`file` reads it (`format` says what it may hold), `fitting` holds it against a catalog and `model` is what is
left: synonyms for linking, definitions for the prompt, descriptions and joins for the catalog.
"""
