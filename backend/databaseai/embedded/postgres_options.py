"""How the embedded PostgreSQL is set."""

import os

ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "80",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "huge_pages": "try",
    "jit": "off",  # its set-up costs more than these queries
    "wal_level": "minimal",  # nothing replicates; loading is faster
    "max_wal_senders": "0",
    "max_wal_size": "512MB",  # bounds what a start after a crash must replay
    "logging_collector": "off",  # process.bound keeps the log small
    "log_destination": "stderr",
    "log_min_messages": "log",  # an error's text may hold a value of the data
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_checkpoints": "off",
    "temp_file_limit": "2GB",  # for each process; a role's own setting stands before it
    "log_error_verbosity": "terse",
}
"""On the command line, so that they hold for old data directories too."""
SPARE_MB = 256
"""For what a process has beside its query: a bound on its own memory, not on what the watch stops."""


def private_bytes(server_memory_mb: int) -> int | None:
    """Bound on the memory of one server process that is its own (RLIMIT_DATA), not the shared buffers.

    Nothing in PostgreSQL bounds what one query takes (notes/sandbox.md, 2.4). Past this the query gets an
    error of its own (53200), where otherwise the kernel would end the machine's largest process; it holds
    even while a function looks for no cancel. None: no such bound here.
    """
    return (server_memory_mb + SPARE_MB) << 20 if hasattr(os, "memfd_create") else None
