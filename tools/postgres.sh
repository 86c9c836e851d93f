#!/usr/bin/env bash
# A PostgreSQL of its own for tests, on a free port of this machine only:
#   eval "$(tools/postgres.sh start DIR)"   sets DATABASE_URL_TEST        tools/postgres.sh stop DIR   stops it and removes DIR
# Nothing is printed and nothing started where PostgreSQL is not installed. It is not made to survive a crash (fsync off).
set -euo pipefail

say() { printf 'postgres: %s\n' "$*" >&2; }

find_binaries() {
  local folder
  for folder in "$(command -v pg_config >/dev/null 2>&1 && pg_config --bindir)" /usr/lib/postgresql/*/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && found=$folder
  done
  [ -n "${found:-}" ]
}

as_owner() { # the server refuses to run as root
  if [ "$(id -u)" = 0 ]; then runuser -u "$owner" -- "$@"; else "$@"; fi
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
  local dir=$1 port password
  find_binaries || { say "not installed: the tests on PostgreSQL are left out."; return 0; }
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  port=$(free_port)
  password=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
  printf '%s\n' "$password" >"$dir/password"
  if [ "$(id -u)" = 0 ]; then chown -R "$owner" "$dir"; fi
  # C collation: text sorts as SQLite sorts it
  as_owner "$found/initdb" --pgdata "$dir/data" --username frontline --pwfile "$dir/password" --auth scram-sha-256 \
    --encoding UTF8 --locale C >"$dir/initdb.log" 2>&1 ||
    { say "could not make a database:"; tail -5 "$dir/initdb.log" >&2; return 1; }
  as_owner "$found/pg_ctl" --pgdata "$dir/data" --log "$dir/data/server.log" --wait --silent --options \
    "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
    start >&2 || { say "did not start:"; tail -5 "$dir/data/server.log" >&2; return 1; }
  printf 'export DATABASE_URL_TEST=postgresql+asyncpg://frontline:%s@127.0.0.1:%s/postgres\n' "$password" "$port"
}

stop() {
  find_binaries && [ -d "$1/data" ] && (cd / && as_owner "$found/pg_ctl" --pgdata "$1/data" --mode immediate --silent stop >&2) || true
  rm -rf "$1"
}

owner=$(id -un)
[ "$(id -u)" = 0 ] && { if id postgres >/dev/null 2>&1; then owner=postgres; else owner=nobody; fi; }
case "${1:-}" in
  start) start "${2:?tools/postgres.sh start DIR}" ;;
  stop) stop "${2:?tools/postgres.sh stop DIR}" ;;
  *) say "takes start DIR or stop DIR"; exit 2 ;;
esac
