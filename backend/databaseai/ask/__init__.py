"""The flow from a question to an answer, one module a step; `pipeline` shows the order."""
