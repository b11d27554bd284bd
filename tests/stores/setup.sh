#!/usr/bin/env bash
# The stores need a PostgreSQL.
exec "$(dirname "${BASH_SOURCE[0]}")/../lib/postgres.sh" "$@"
