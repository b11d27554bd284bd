#!/usr/bin/env bash
# A PostgreSQL of the tests' own: on a free port of this machine, in a folder of its own, gone afterwards.
#
#   eval "$(tests/lib/postgres.sh start)"   starts it, after installing it where apt can; sets ERRAND_TEST_POSTGRES
#   tests/lib/postgres.sh stop              ends it and removes what it wrote
#   tests/lib/postgres.sh pause|crash       stops the server, in good order or at once
#   tests/lib/postgres.sh resume            starts it again
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Where this cluster is, so that stop finds what start made. A test that needs a server to itself names another place.
place=${ERRAND_TEST_POSTGRES_PLACE:-artifacts/postgres.place}
bin=${ERRAND_TEST_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}

main() {
  case ${1:-} in
    start) start ;;
    stop) stop_all ;;
    pause) server stop --mode=fast ;;
    crash) server stop --mode=immediate ;;
    resume) server start ;;
    *) sed -n '2,/^set/s/^#\( \|$\)//p' "$0" >&2; exit 2 ;;
  esac
}

start() {
  [ -x "$bin/initdb" ] || install >&2
  stop
  # Not under TMPDIR: a user who is not root must be able to reach it, and a socket's path may have 107 characters at most.
  folder=$(mktemp -d /tmp/errand-pg.XXXXXX)
  mkdir -p "${place%/*}"
  echo "$folder" >"$place"
  hand_over "$folder"
  # A password, because other users of this machine can reach the port.
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "$password" >"$folder/password"
  hand_over "$folder/password"
  # The C locale on purpose: what the store does must not hang on how a server sorts and folds letters.
  as_owner "$bin/initdb" --pgdata="$folder/data" --username=errand --pwfile="$folder/password" --auth-local=trust --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C --no-instructions >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
  local tries
  for tries in 1 2 3 4 5; do
    port=$(free_port)
    printf '%s\n' "port = $port" "listen_addresses = '127.0.0.1'" "unix_socket_directories = '$folder'" "max_connections = 200" \
      "lc_messages = 'C'" >"$folder/data/conf.add"
    grep -q conf.add "$folder/data/postgresql.conf" || echo "include 'conf.add'" >>"$folder/data/postgresql.conf"
    chmod 644 "$folder/data/conf.add"
    # Another process may have taken the port between the look and the start.
    server start && break
    [ "$tries" -lt 5 ] || { cat "$folder/server.log" >&2; exit 1; }
  done
  echo "export ERRAND_TEST_POSTGRES='Host=127.0.0.1;Port=$port;Username=errand;Password=$password;Database=postgres'"
  echo "export ERRAND_TEST_POSTGRES_CONTROL='$PWD/tests/lib/postgres.sh'"
}

stop() {
  [ -e "$place" ] || return 0
  server stop --mode=immediate || true
  rm -rf "$(cat "$place")"
  rm -f "$place"
}

# With those of tests that were killed before they could stop their own.
stop_all() {
  [ -z "${ERRAND_TEST_POSTGRES_PLACE:-}" ] || { stop; return; }
  for place in artifacts/postgres*.place; do stop; done
}

server() {
  local folder
  folder=$(cat "$place")
  # The server must not hold on to the pipes of whoever starts it.
  as_owner "$bin/pg_ctl" "$@" --pgdata="$folder/data" --log="$folder/server.log" --wait --silent >"$folder/ctl.log" 2>&1 </dev/null
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && exec runuser --user "$(owner)" -- "$@"); else (cd / && exec "$@"); fi
}

hand_over() {
  if [ "$(id -u)" -eq 0 ]; then chown "$(owner)" "$1"; fi
}

owner() {
  if getent passwd postgres >/dev/null; then echo postgres; else echo nobody; fi
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

install() {
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need PostgreSQL 15: install it (Debian: apt-get install postgresql-15)," \
      "or set ERRAND_TEST_POSTGRES_BIN to the folder of its initdb." >&2
    exit 2
  fi
  # No cluster of the system's own: the tests make theirs.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15
}

main "$@"
