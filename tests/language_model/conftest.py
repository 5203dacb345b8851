"""The small real model."""

from tests.small_model import small_model, small_model_file

__all__ = ["small_model", "small_model_file"]
