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
    "log_error_verbosity": "terse",
}
"""On the command line, so that they hold for old data directories too."""
SMALLEST_ADDRESS_SPACE = 2 << 30


def address_space_bytes() -> int | None:
    """Bound on one server process: half the machine's memory.

    Nothing in PostgreSQL bounds what one query takes (notes/sandbox.md, 2.4); past this it gets an error of
    its own, where otherwise the kernel would end the machine's largest process. None: no such bound here.
    """
    if not hasattr(os, "memfd_create"):
        return None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(SMALLEST_ADDRESS_SPACE, memory // 2)
