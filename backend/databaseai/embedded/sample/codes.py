"""Codes that nobody guesses, and what they mean."""

from databaseai.embedded.sample.dice import Choice

SHIPMENT_STATES = {
    "A2": "Handed to the carrier",
    "F4": "On its way",
    "J9": "Held at customs",
    "K3": "Delivered",
    "M6": "Delivered to a neighbour",
    "R1": "Refused, on its way back",
    "X7": "Lost by the carrier",
}
RETURN_REASONS = {
    "11B": "Arrived damaged",
    "14C": "Wrong item sent",
    "20A": "Does not fit",
    "20D": "Looks different from the picture",
    "31F": "Arrived too late",
    "42": "Changed my mind",
    "57K": "Broke in use",
}
REASON = Choice({"11B": 14, "14C": 7, "20A": 26, "20D": 15, "31F": 8, "42": 21, "57K": 9})
CARRIERS = {"Northline": 44, "ParcelOwl": 33, "Swiftvan": 15, "Cargo Bee": 8}
