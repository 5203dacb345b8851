"""The product's own sample database: a retailer, made from a seed, with the traps of real databases."""

from pathlib import Path

from databaseai.embedded.sample.loading import DIGEST, NAME, load, loaded, mark

SEMANTIC_MODEL = Path(__file__).with_name("semantic.yaml")
"""What the retailer's analysts call things; in force where the sample is asked and no other file is set."""

__all__ = ["DIGEST", "NAME", "SEMANTIC_MODEL", "load", "loaded", "mark"]
