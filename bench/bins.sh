#!/usr/bin/env bash
# Measures what one tag more costs in a repository of 1 000 tags and in one of 100 000, each with its recommended number of
# hash bins and as one file: `signer sign` and `signer verify`, whole processes, against this server on SQLite and PostgreSQL.
#
#   bench/bins.sh [--runs N] [--large N]
#
# Everything listens on 127.0.0.1 and lives in a temporary directory (TMPDIR). What the script started, it stops.
set -euo pipefail

runs=40 large=100000
while (($#)); do
  case $1 in
    --runs) runs=${2:?} ;;
    --large) large=${2:?} ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done

root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/tools.sh"
postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
missing=()
for program in dotnet gcc curl python3; do
  command -v "$program" >/dev/null || missing+=("$program")
done
[[ -x $postgres_bin/initdb ]] || missing+=(postgresql)
if ((${#missing[@]})); then
  echo "bins.sh needs: ${missing[*]}" >&2
  echo "On Debian: apt-get install gcc libc6-dev curl python3 postgresql; the .NET SDK of global.json comes from Microsoft." >&2
  exit 1
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/trust-bins-XXXXXX")
server_pid="" postgres_pid=""
stop() { [[ -z $1 ]] || { kill "-$2" "$1" 2>/dev/null && while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; } || true; }
stop_all() { stop "$server_pid" TERM; stop "$postgres_pid" INT; rm -rf "$work"; }
trap stop_all EXIT
trap 'exit 130' INT TERM


build build "$root/src/TrustServer" -c Release
build build "$root/bench/LoadTool" -c Release
build_signer

umask 077
export TRUST_MASTER_KEY=$(head -c 32 /dev/urandom | base64)
# What is given up by the flat file of 100 000 tags alone; bins need no setting.
export TRUST_Limits__MaxFileBytes=$((128 << 20)) TRUST_Limits__MaxRequestBytes=$((256 << 20)) TRUST_Limits__MaxTargets=1000000
python3 "$root/bench/bins.py" layout "$work/layout"

measure() {
  local storage=$1 address=http://127.0.0.1:$(free_port)
  shift
  dotnet "$root/src/TrustServer/bin/Release/net10.0/TrustServer.dll" --urls "$address" --data "$work/data-$storage" "$@" >"$work/server.log" 2>&1 &
  server_pid=$!
  for _ in $(seq 600); do curl -fs -o /dev/null "$address/readyz" && break; sleep 0.1; done
  python3 "$root/bench/bins.py" measure --storage "$storage" --address "$address" --pid "$server_pid" --runs "$runs" --large "$large" \
    --signer "$work/signer/signer" --load-tool "$root/bench/LoadTool/bin/Release/net10.0/LoadTool.dll" --layout "$work/layout" --work "$work/run-$storage" \
    || { tail -20 "$work/server.log" >&2; exit 1; }
  stop "$server_pid" TERM
  server_pid=""
}

echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
measure SQLite
mkdir "$work/postgres"
chmod 711 "$work"
((EUID != 0)) || chown postgres "$work/postgres"
port=$(free_port)
as_postgres "$postgres_bin/initdb" -D "$work/postgres/data" -A trust -U postgres -E UTF8 --locale=C >/dev/null
as_postgres "$postgres_bin/pg_ctl" -D "$work/postgres/data" -l "$work/postgres/log" -w -o "-p $port -k $work/postgres -c listen_addresses=127.0.0.1" start >/dev/null
postgres_pid=$(head -1 "$work/postgres/data/postmaster.pid")
measure PostgreSQL --database "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
echo "load average after: $(cut -d' ' -f1-3 /proc/loadavg)"
