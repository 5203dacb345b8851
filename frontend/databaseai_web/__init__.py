"""The chat UI: speaks HTTP and SSE to the API, knows nothing else."""
