"""Speak to any OpenAI-compatible endpoint."""

from databaseai.language_model.client import OpenAICompatibleModel
from databaseai.language_model.protocol import Completion, LanguageModel, Message, Shape

__all__ = ["Completion", "LanguageModel", "Message", "OpenAICompatibleModel", "Shape"]
