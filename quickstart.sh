#!/usr/bin/env bash
# The product in a minute: a trust server, an image, a signature, and three refusals.
# Needs the .NET SDK 10. Everything happens in a temporary directory and on 127.0.0.1, and is gone afterwards
# (KEEP=1 keeps the directory).
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

work=$(mktemp -d "${TMPDIR:-/tmp}/trust-quickstart.XXXXXX")
server_pid=
finish() {
  if [ -n "$server_pid" ]; then
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
  fi
  if [ "${KEEP:-}" = 1 ]; then echo "Kept: $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { echo "Quickstart failed: $*" >&2; [ -f "$work/server.log" ] && tail -n 20 "$work/server.log" >&2; exit 1; }

# run EXPECTED_EXIT_CODE signer ARGUMENTS…: shows the command, runs it, and insists on its exit code.
run() {
  local expected=$1 status=0
  shift
  printf '\n$'; printf ' %q' "$@"; printf '\n'
  "$@" || status=$?
  echo "(exit $status)"
  [ "$status" = "$expected" ] || fail "expected exit $expected"
}

say "1. Building the server and the signer"
for project in TrustServer SignerCli; do
  dotnet publish "src/$project" -c Release -o "$work/bin/$project" --nologo -v quiet --disable-build-servers >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; fail "the build"; }
done
signer() { "$work/bin/SignerCli/signer" "$@"; }

say "2. Starting a trust server on loopback: SQLite, development TLS"
: >"$work/server.log" # so that it can be read before the server has written anything
"$work/bin/TrustServer/TrustServer" --data "$work/server" --urls https://127.0.0.1:0 --dev-tls >"$work/server.log" 2>&1 &
server_pid=$!
url=
for _ in $(seq 300); do
  url=$(sed -n 's/.*Ready on \(https:[^ "]*[0-9]\).*/\1/p' "$work/server.log" | head -n 1)
  [ -n "$url" ] && break
  kill -0 "$server_pid" 2>/dev/null || fail "the server ended"
  sleep 0.1
done
[ -n "$url" ] || fail "the server was not ready within 30 s"
echo "$url"

export SIGNER_HOME="$work/owner" SIGNER_SERVER="$url" SIGNER_SERVER_CA="$work/server/tls/ca.crt" NO_COLOR=1
# On a real machine these are prompts, or files that only the release job can read.
export SIGNER_ROOT_PASSPHRASE=quickstart-root SIGNER_TARGETS_PASSPHRASE=quickstart-targets
image=registry.example.com/team/app

say "3. Making two images from real files, as OCI image layouts (no registry, no container engine)"
hash_of() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }
# add_blob DIR FILE: stores a file under its digest and prints "DIGEST SIZE".
add_blob() { local digest; digest=$(hash_of "$2"); cp "$2" "$1/blobs/sha256/$digest"; echo "$digest $(wc -c <"$2" | tr -d ' ')"; }
# make_layout DIR TAG FILE…: an image whose one layer holds the files.
make_layout() {
  local dir=$1 tag=$2; shift 2
  mkdir -p "$dir/blobs/sha256"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$dir/oci-layout"
  tar -cf "$work/layer.tar" "$@"
  read -r layer layer_size < <(add_blob "$dir" "$work/layer.tar")
  printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$layer" >"$work/config.json"
  read -r config config_size < <(add_blob "$dir" "$work/config.json")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s}]}' \
    "$config" "$config_size" "$layer" "$layer_size" >"$work/manifest.json"
  read -r manifest manifest_size < <(add_blob "$dir" "$work/manifest.json")
  point_tag "$dir" "$tag" "$manifest" "$manifest_size"
}
point_tag() {
  printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"%s"}}]}' "$3" "$4" "$2" >"$1/index.json"
}
make_layout "$work/app" 1.0 README.md LICENSE; good=$manifest good_size=$manifest_size
cp -R "$work/app" "$work/moved"
make_layout "$work/moved" 1.0 CHANGELOG.md
cp -R "$work/app" "$work/tampered"
sed 's/amd64/arm64/; s/layer.v1.tar/layer.v1.rat/' "$work/app/blobs/sha256/$good" >"$work/tampered/blobs/sha256/$good"
echo "app:1.0 is sha256:$good ($good_size bytes)"

say "4. The owner starts a repository: new root and targets keys, encrypted on this machine"
run 0 signer init "$image" -y

say "5. The owner signs the image"
run 0 signer sign "oci:$work/app:1.0" --as "$image:1.0" -y

say "6. Somebody else verifies it, with nothing but the root that the owner gave out"
signer root export "$image" >"$work/root.json"
export SIGNER_HOME="$work/verifier"
run 0 signer verify "oci:$work/app:1.0" --as "$image:1.0" --root "$work/root.json"

say "7. The tag was moved to another image after signing: refused (13)"
run 13 signer verify "oci:$work/moved:1.0" --as "$image:1.0" --root "$work/root.json"

say "8. The image's bytes were tampered with: refused (11)"
run 11 signer verify "oci:$work/tampered:1.0" --as "$image:1.0" --root "$work/root.json"

say "9. A tag that nobody signed: refused (10)"
run 10 signer verify "$image:2.0" --no-registry --root "$work/root.json"

say "Done."
cat <<TXT
A trust server held TUF metadata for $image; the owner's keys never left the owner's machine.
The verifier knew only the owner's root, and got back the one reference that is safe to pull:
  $image@sha256:$good
Next: README.md ("Use it"), signer --help, docs/server.md.
TXT
