# What the scripts of this directory share; they set root and work.

# A port of 127.0.0.1 on which nobody listens.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 12000))
    (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null || { echo "$port"; return; }
  done
  echo "no free port" >&2
  return 1
}

# Says nothing unless it fails. $work/build.log keeps the words of the last one.
build() { dotnet "$@" -v q --nologo >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }; }

# The signer as users get it, in $work/signer.
build_signer() { build publish "$root/src/SignerCli" -c Release --use-current-runtime -p:PublishAot=true -o "$work/signer"; }

# PostgreSQL does not run as root.
as_postgres() { if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
