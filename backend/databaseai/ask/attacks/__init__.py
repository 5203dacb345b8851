"""Attack one's own data source, lock by lock: the corpus that ships, and what runs it."""

from databaseai.ask.attacks.campaign import Campaign, attack
from databaseai.ask.attacks.corpus import Attack, corpus

__all__ = ["Attack", "Campaign", "attack", "corpus"]
