#!/usr/bin/env bash
# Installs what the tests need (Debian packages, tuf-js from npm) and runs all of them.
# The last line is "N passed, N failed"; the exit status is 0 only if none failed.
#
#   ./test.sh                 everything
#   ./test.sh Shared.Tests    one project of tests/
#
# TRUST_TEST_NO_INSTALL=1 skips the installation; tests whose programs are absent then fail and say which.
# Tests that need a Docker engine are left out where none can be started; a line before the last one says why.
# The end-to-end tests run the signer as users get it, compiled to a native program; where the compiler's package cannot be had,
# they run it on the .NET runtime, and a line before the last one says so.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Milliseconds that a test process gets, after its last test, to end what it started; otherwise PostgreSQL would stay.
export VSTEST_TESTHOST_SHUTDOWN_TIMEOUT=20000

install() {
  local missing=() as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  # Their packages have the same names.
  for program in docker-registry skopeo npm notary curl jq openssl; do command -v "$program" >/dev/null || missing+=("$program"); done
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  command -v softhsm2-util >/dev/null || missing+=(softhsm2)
  command -v pkcs11-tool >/dev/null || missing+=(opensc)
  command -v dockerd >/dev/null || missing+=(docker.io)
  # What the native compiler links with.
  command -v clang >/dev/null || command -v gcc >/dev/null || missing+=(gcc libc6-dev)
  if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || { echo "Needed and absent: ${missing[*]} (no apt-get to install them)." >&2; return 1; }
    echo "Installing ${missing[*]} …"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq -o DPkg::Lock::Timeout=300 || return 1
    "${as_root[@]}" apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}" >/dev/null || return 1
    # From Debian 13 on the client is a package of its own.
    command -v docker >/dev/null || "${as_root[@]}" apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends docker-cli >/dev/null || return 1
  fi
  (cd tests/EndToEnd.Tests/peers && npm ci --no-audit --no-fund --silent) || { echo "npm ci in tests/EndToEnd.Tests/peers failed." >&2; return 1; }
}

# Says why no Docker engine can be started here that takes images; says nothing if one can.
engine_problem() {
  [ "$(id -u)" = 0 ] || { echo "only root can start one"; return; }
  local program directory pid started=
  for program in dockerd docker; do command -v "$program" >/dev/null || { echo "$program is not installed"; return; }; done
  directory=$(mktemp -d)
  dockerd --host "unix://$directory/socket" --data-root "$directory/data" --exec-root "$directory/exec" --pidfile "$directory/pid" \
    --storage-driver vfs --bridge none --iptables=false --ip6tables=false >"$directory/log" 2>&1 &
  pid=$!
  for _ in $(seq 200); do
    docker --host "unix://$directory/socket" version >/dev/null 2>&1 && { started=1; break; }
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  if [ -z "$started" ]; then
    echo "dockerd did not start: $(tail -n 1 "$directory/log")"
  elif ! tar -c test.sh | docker --host "unix://$directory/socket" import - >/dev/null 2>"$directory/import"; then
    echo "dockerd takes no image: $(tail -n 1 "$directory/import")"
  fi
  kill "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  rm -rf "$directory"
}

if [ "${TRUST_TEST_NO_INSTALL:-}" != 1 ]; then
  install || { echo "0 passed, 1 failed"; exit 1; }
fi

echo "Building …"
if ! dotnet build TrustService.sln -c Release --nologo -v quiet; then
  echo "0 passed, 1 failed"
  exit 1
fi

projects=("$@")
[ ${#projects[@]} -gt 0 ] || projects=(Shared.Tests SignerCli.Tests TrustServer.Tests Fuzz EndToEnd.Tests)
logs=$(mktemp -d)
passed=0 failed=0
filter=()
notes=()
if [[ " ${projects[*]} " == *" EndToEnd.Tests "* ]]; then
  problem=$(engine_problem)
  if [ -n "$problem" ]; then
    filter=(--filter "Needs!=docker")
    notes+=("Left out: the tests that need a Docker engine, because $problem.")
  fi
  python3 -c 'import tuf' 2>/dev/null || notes+=("Left out: reading with python-tuf, because the Python module tuf is absent; tuf-js reads the same repositories.")
  native=(src/SignerCli --use-current-runtime -p:PublishAot=true --nologo -v quiet)
  if ! dotnet restore "${native[@]}" >"$logs/restore" 2>&1; then
    notes+=("The end-to-end tests ran the signer on the .NET runtime, because the native compiler cannot be restored: $(grep -m 1 error "$logs/restore")")
  elif dotnet publish "${native[@]}" -c Release --no-restore -o "$logs/native"; then
    export TRUST_TEST_SIGNER=$logs/native/signer
  else
    failed=$((failed + 1))
    notes+=("Failed: compiling the signer to a native program.")
  fi
fi

run() {
  local options=(--blame-hang-timeout 8min)
  [ "$1" != EndToEnd.Tests ] || options+=("${filter[@]}")
  dotnet test "tests/$1" -c Release --no-build --nologo "${options[@]}"
}

count() {
  local f='' p='' s=''
  # dotnet test closes with "… - Failed: 0, Passed: 10, Skipped: 0, Total: 10 …"; a skipped test counts as failed.
  read -r f p s < <(sed -n 's/.*Failed: *\([0-9]*\), Passed: *\([0-9]*\), Skipped: *\([0-9]*\).*/\1 \2 \3/p' "$logs/$1" | tail -n 1)
  passed=$((passed + ${p:-0}))
  failed=$((failed + ${f:-0} + ${s:-0}))
  # A run that broke off without a result, or failed without naming a test, is a failure too.
  if [ "$2" != 0 ] && [ "${f:-0}" = 0 ] || [ -z "$p" ]; then failed=$((failed + 1)); fi
}

# The end-to-end tests mostly wait for processes, so that the others fit beside them. A job of its own (-m) can be interrupted.
beside=
if [ ${#projects[@]} -gt 1 ] && [[ " ${projects[*]} " == *" EndToEnd.Tests "* ]]; then
  set -m
  run EndToEnd.Tests >"$logs/EndToEnd.Tests" 2>&1 &
  beside=$!
  set +m
  trap 'kill -TERM -- -$beside 2>/dev/null' EXIT
fi
for project in "${projects[@]}"; do
  [ "$project" = EndToEnd.Tests ] && [ -n "$beside" ] && continue
  run "$project" 2>&1 | tee "$logs/$project"
  count "$project" "${PIPESTATUS[0]}"
done
if [ -n "$beside" ]; then
  wait "$beside"
  status=$?
  trap - EXIT
  cat "$logs/EndToEnd.Tests"
  count EndToEnd.Tests "$status"
fi
rm -rf "$logs"
[ ${#notes[@]} = 0 ] || printf '%s\n' "${notes[@]}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
