#!/usr/bin/env bash
# Runs Debian's notary-server and this server, on its routes of TUF and on those of Notary, in turn on the same requests
# and prints the comparison as Markdown.
#
#   bench/side-by-side.sh [--seconds N] [--publishes N] [--servers TEXT] [--requests TEXT]
#
#   --seconds N     how long each kind of read is measured (default 8)
#   --publishes N   publishes in sequence to a repository of 20 targets (default 200; half as many to 1000
#                   targets, as many by each of 8 parallel publishers)
#   --servers TEXT  only servers whose name contains TEXT, such as "TrustServer, PostgreSQL"
#   --requests TEXT only requests whose name contains TEXT, such as "publish"
#
# Everything listens on 127.0.0.1 and lives in a temporary directory (TMPDIR), which should be on a real disk:
# PostgreSQL and SQLite wait for it. What the script started, it stops.
set -euo pipefail

seconds=8 publishes=200 servers="" requests=""
while (($#)); do
  case $1 in
    --seconds) seconds=${2:?} ;;
    --publishes) publishes=${2:?} ;;
    --servers) servers=${2:?} ;;
    --requests) requests=${2:?} ;;
    *) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done

root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/tools.sh"
postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
missing=()
for program in dotnet wrk notary-server curl; do
  command -v "$program" >/dev/null || missing+=("$program")
done
[[ -x $postgres_bin/initdb ]] || missing+=(postgresql)
if ((${#missing[@]})); then
  echo "side-by-side.sh needs: ${missing[*]}" >&2
  echo "On Debian: apt-get install wrk notary curl postgresql; the .NET SDK of global.json comes from Microsoft." >&2
  exit 1
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/trust-bench-XXXXXX")
chmod 711 "$work"
results=$work/results.jsonl
server_pid="" postgres_pid="" address=""

# PostgreSQL refuses to run as root.
wait_for_end() {
  for _ in $(seq 300); do
    [[ -d /proc/$1 ]] || return 0
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null || true
}

stop_server() {
  [[ -n $server_pid ]] || return 0
  kill -TERM "$server_pid" 2>/dev/null || true
  wait_for_end "$server_pid"
  wait "$server_pid" 2>/dev/null || true
  server_pid=""
}

stop_all() {
  stop_server
  if [[ -n $postgres_pid ]]; then
    kill -INT "$postgres_pid" 2>/dev/null || true
    wait_for_end "$postgres_pid"
  fi
  rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT TERM

start_postgres() {
  local directory=$work/postgres
  mkdir "$directory"
  ((EUID != 0)) || chown postgres "$directory"
  postgres_port=$(free_port)
  as_postgres "$postgres_bin/initdb" -D "$directory/data" -A trust -U postgres -E UTF8 --locale=C >/dev/null
  # Everything else stays as PostgreSQL ships it; fsync is on.
  as_postgres "$postgres_bin/pg_ctl" -D "$directory/data" -l "$directory/log" -w -o "-p $postgres_port -k $directory -c listen_addresses=127.0.0.1" start >/dev/null
  postgres_pid=$(head -1 "$directory/data/postmaster.pid")
  sql postgres -c 'CREATE DATABASE notary' -c 'CREATE DATABASE trust' -c 'CREATE DATABASE trust_as_notary'
  sql notary -f "$root/bench/notary-schema.sql"
}

sql() {
  PGOPTIONS=--client-min-messages=warning "$postgres_bin/psql" -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$postgres_port" -U postgres -d "$@"
}

wait_until_ready() {
  for _ in $(seq 600); do
    curl -fs -o /dev/null "$address$1" && return
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "the server did not become ready:" >&2
  tail -5 "$work/server.log" >&2
  exit 1
}

start_notary() { # memory | PostgreSQL
  local port storage='"backend": "memory"'
  port=$(free_port)
  [[ $1 == memory ]] || storage='"backend": "postgres", "db_url": "postgres://postgres@127.0.0.1:'$postgres_port'/notary?sslmode=disable"'
  echo '{"server": {"http_addr": "127.0.0.1:'"$port"'"}, "trust_service": {"type": "local"}, "logging": {"level": "error"}, "storage": {'"$storage"'}}' >"$work/notary.json"
  notary-server -config="$work/notary.json" >"$work/server.log" 2>&1 &
  server_pid=$!
  address=http://127.0.0.1:$port
  wait_until_ready /_notary_server/health
}

start_trust_server() { # SQLite | PostgreSQL, name of the data
  local port arguments
  port=$(free_port)
  arguments=(--urls "http://127.0.0.1:$port" --data "$work/$2-$1")
  [[ $1 == SQLite ]] || arguments+=(--database "Host=127.0.0.1;Port=$postgres_port;Username=postgres;Database=$2")
  TRUST_MASTER_KEY_FILE=$work/master.key dotnet "$root/src/TrustServer/bin/Release/net10.0/TrustServer.dll" "${arguments[@]}" >"$work/server.log" 2>&1 &
  server_pid=$!
  address=http://127.0.0.1:$port
  wait_until_ready /readyz
}

measure() { # product storage
  [[ "$1, $2" == *"$servers"* ]] || return 0
  local database=()
  echo "$1, $2 (load average $(cut -d' ' -f1-3 /proc/loadavg))" | tee -a "$work/load" >&2
  if [[ $2 == PostgreSQL ]]; then
    database=(--postgres-pid "$postgres_pid")
    sql postgres -c CHECKPOINT
  fi
  # A repository has one format: what is measured as Notary has data of its own.
  case $1 in
    notary-server) start_notary "$2" ;;
    TrustServer) start_trust_server "$2" trust ;;
    *) start_trust_server "$2" trust_as_notary ;;
  esac
  timeout 900 dotnet "$root/bench/LoadTool/bin/Release/net10.0/LoadTool.dll" run --product "$1" --storage "$2" --address "$address" --pid "$server_pid" \
    "${database[@]}" --seconds "$seconds" --publishes "$publishes" --only "$requests" --output "$results" ||
    { echo "measuring ended early; the server said:" >&2; tail -5 "$work/server.log" >&2; }
  stop_server
}

version_of() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo "of unknown version"; }

for project in src/TrustServer bench/LoadTool; do
  dotnet build "$root/$project" -c Release -v q --nologo >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
done
(umask 077 && head -c 32 /dev/urandom | base64 >"$work/master.key")
start_postgres
measure notary-server memory
measure TrustServer SQLite
measure "TrustServer as Notary" SQLite
measure notary-server PostgreSQL
measure TrustServer PostgreSQL
measure "TrustServer as Notary" PostgreSQL

echo "- $(date -u +%Y-%m-%d), $(nproc) cores: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1); Linux $(uname -r)"
echo "- notary-server $(version_of notary), .NET $(dotnet --version), PostgreSQL $("$postgres_bin/postgres" --version | cut -d' ' -f3) (fsync on), wrk $(version_of wrk)"
echo "- reads: wrk -t1 -c16 -d${seconds}s after 3 s to warm up; publishes: pre-signed, keep-alive, warmed up"
echo "- load average before each server:"
sed 's/^/  - /' "$work/load"
echo
dotnet "$root/bench/LoadTool/bin/Release/net10.0/LoadTool.dll" report --input "$results"
