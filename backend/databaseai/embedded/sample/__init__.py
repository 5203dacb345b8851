"""The product's own sample database: a retailer, made from a seed, with the traps of real databases."""

from databaseai.embedded.sample.loading import DIGEST, NAME, load, loaded, mark

__all__ = ["DIGEST", "NAME", "load", "loaded", "mark"]
