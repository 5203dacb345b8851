"""Ask your PostgreSQL in your own words, and get an answer you can check."""

__version__ = "0.1.0"
