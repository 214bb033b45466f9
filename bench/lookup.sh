#!/usr/bin/env bash
# Measures one look-up in a collection of 10 000 targets, whole process: `signer verify --no-registry` against this server
# and `notary lookup` against Debian's notary-server, warm (trust data of a former run) and cold (none), in one run of hyperfine.
# Then what hostile or unusual metadata costs at the most: 1000 signatures, and a chain of 10 000 delegations.
#
#   bench/lookup.sh [--targets N] [--runs N]
#
# Everything listens on 127.0.0.1 and lives in a temporary directory (TMPDIR). What the script started, it stops.
set -euo pipefail

targets=10000 runs=30
while (($#)); do
  case $1 in
    --targets) targets=${2:?} ;;
    --runs) runs=${2:?} ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done

root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/bench/tools.sh"
missing=()
for program in dotnet gcc notary notary-server hyperfine curl python3; do
  command -v "$program" >/dev/null || missing+=("$program")
done
if ((${#missing[@]})); then
  echo "lookup.sh needs: ${missing[*]}" >&2
  echo "On Debian: apt-get install gcc libc6-dev notary hyperfine curl python3; the .NET SDK of global.json comes from Microsoft." >&2
  exit 1
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/trust-lookup-XXXXXX")
pids=()
stop_all() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT TERM

wait_until_ready() {
  for _ in $(seq 600); do
    curl -fs -o /dev/null "$1" && return
    sleep 0.1
  done
  echo "$1 does not answer" >&2
  exit 1
}

build build "$root/src/TrustServer" -c Release
build build "$root/bench/LoadTool" -c Release
build build "$root/bench/TrustService.Benchmarks" -c Release
build_signer

repository=bench.example/team/app tag=$(printf 'v%05d' $((targets * 7 / 9)))
ours=http://127.0.0.1:$(free_port) notary_port=$(free_port)
theirs=http://127.0.0.1:$notary_port
umask 077
TRUST_MASTER_KEY=$(head -c 32 /dev/urandom | base64) dotnet "$root/src/TrustServer/bin/Release/net10.0/TrustServer.dll" --urls "$ours" --data "$work/data" >"$work/ours.log" 2>&1 &
pids+=($!)
echo '{"server": {"http_addr": "127.0.0.1:'"$notary_port"'"}, "trust_service": {"type": "local"}, "logging": {"level": "error"}, "storage": {"backend": "memory"}}' >"$work/notary.json"
notary-server -config="$work/notary.json" >"$work/theirs.log" 2>&1 &
pids+=($!)
wait_until_ready "$ours/readyz"
wait_until_ready "$theirs/_notary_server/health"
load_tool() { dotnet "$root/bench/LoadTool/bin/Release/net10.0/LoadTool.dll" publish --repository "$repository" --targets "$targets" "$@"; }
load_tool --product TrustServer --address "$ours" --root "$work/root.json"
load_tool --product notary-server --address "$theirs" --root "$work/notary-root.json"

export SIGNER_HOME=$work/home
signer="$work/signer/signer verify --no-registry --quiet --server $ours --root $work/root.json $repository:$tag"
notary="notary -s $theirs -d $work/notary-home lookup $repository $tag"
# Both find the same digest, or there is nothing to compare.
[[ $($notary 2>/dev/null | cut -d' ' -f2) == "$($signer | sed 's/.*@//')" ]] || { $notary; $signer; echo "the two do not find the same" >&2; exit 1; }

echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
hyperfine -N --warmup 3 --runs "$runs" --export-json "$work/warm.json" -n "signer verify, warm" "$signer" -n "notary lookup, warm" "$notary" >"$work/hyperfine.log" 2>&1 || { cat "$work/hyperfine.log" >&2; exit 1; }
hyperfine -N --warmup 3 --runs "$runs" --export-json "$work/cold.json" \
  --prepare "rm -rf $work/home" -n "signer verify, cold" "$signer" --prepare "rm -rf $work/notary-home" -n "notary lookup, cold" "$notary" >"$work/hyperfine.log" 2>&1 || { cat "$work/hyperfine.log" >&2; exit 1; }
echo "load average after: $(cut -d' ' -f1-3 /proc/loadavg)"
echo
echo "| $targets targets, whole process | median ms | minimum ms | user ms | system ms |"
echo "|---|--:|--:|--:|--:|"
python3 - "$work/warm.json" "$work/cold.json" <<'PY'
import json, sys
for path in sys.argv[1:]:
    for run in json.load(open(path))["results"]:
        print("| %s | %s |" % (run["command"], " | ".join("%.0f" % (1000 * run[key]) for key in ("median", "min", "user", "system"))))
PY

echo
dotnet "$root/bench/TrustService.Benchmarks/bin/Release/net10.0/TrustService.Benchmarks.dll" --filter '*LargeThreshold*' '*DelegationChain*' >"$work/limits.log" 2>&1 || { cat "$work/limits.log" >&2; exit 1; }
# The last tables of the log are the summaries.
grep -E '^\|' "$work/limits.log" | awk '/Method/ { print "" } { print }'
