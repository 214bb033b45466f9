#!/bin/sh
# Signs with a key of HashiCorp Vault's transit engine, for signer's key references:
#
#   signer key import 'exec:/usr/local/bin/vault-transit.sh?key=release' --label vault --role targets
#
# The key's name is that of the transit key, or NAME@VERSION to stay with one version of it (otherwise the newest signs, and
# after a rotation in Vault the signature is refused until the role lists the new key). Types: ecdsa-p256, ecdsa-p384,
# rsa-2048 to rsa-4096, ed25519.
#
# Environment: VAULT_ADDR, VAULT_TOKEN (or VAULT_TOKEN_FILE), VAULT_TRANSIT_MOUNT (default "transit"), VAULT_NAMESPACE.
# Needs curl and jq. One request comes on standard input, one answer goes to standard output: docs/keys.md describes both.
set -eu

refuse() { jq -cn --arg error "$1" '{version: 1, error: $error}'; exit 0; }

: "${VAULT_ADDR:?is not set}"
token=${VAULT_TOKEN:-$(cat "${VAULT_TOKEN_FILE:?is not set, and neither is VAULT_TOKEN}")}
mount=${VAULT_TRANSIT_MOUNT:-transit}

request=$(cat)
field() { printf %s "$request" | jq -r "$1 // empty"; }

name=$(field .key)
version=
case $name in *@*) version=${name##*@} name=${name%@*} ;; esac
case $name in '' | *[!A-Za-z0-9._-]*) refuse "\"$name\" is not the name of a transit key" ;; esac
case $version in *[!0-9]*) refuse "\"$version\" is not the version of a key" ;; esac

# The token goes through a file descriptor: arguments are for everyone to see. What is sent comes on standard input.
vault() {
  curl --silent --show-error --max-time 60 --proto '=https,http' --header @/dev/fd/3 "$@" 3<<END
X-Vault-Token: $token
X-Vault-Namespace: ${VAULT_NAMESPACE:-}
END
}
check() {
  printf %s "$1" | jq -e . >/dev/null 2>&1 || refuse "Vault does not answer with JSON"
  error=$(printf %s "$1" | jq -r 'if .errors then .errors | if length > 0 then join("; ") else "there is no such key" end else empty end')
  [ -z "$error" ] || refuse "Vault: $error"
}

case $(field .operation) in
public-key)
  answer=$(vault "$VAULT_ADDR/v1/$mount/keys/$name")
  check "$answer"
  key=$(printf %s "$answer" | jq -r --arg version "$version" '.data as $data | $data.keys[if $version == "" then ($data.latest_version | tostring) else $version end].public_key // empty')
  [ -n "$key" ] || refuse "the key $name has no public half of that version"
  case $key in
  -----BEGIN*) ;;
  # Ed25519 comes as 32 bytes: RFC 8410 says what stands before them.
  *) key=$(printf -- '-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----' "$({ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf %s "$key" | base64 -d; } | base64)") ;;
  esac
  jq -cn --arg key "$key
" '{version: 1, publicKey: $key}'
  ;;
sign)
  body=$(printf %s "$request" | jq -c --arg version "$version" '
    (if .scheme == "ed25519" then {input: .payload}
     else {input: .digest.value, prehashed: true, hash_algorithm: (if .digest.algorithm == "sha384" then "sha2-384" else "sha2-256" end)} end)
    + (if .scheme | startswith("ecdsa") then {marshaling_algorithm: "asn1"} else {} end)
    + (if .scheme | startswith("rsa") then {signature_algorithm: "pss", salt_length: "hash"} else {} end)
    + (if $version == "" then {} else {key_version: ($version | tonumber)} end)')
  answer=$(printf %s "$body" | vault --header 'Content-Type: application/json' --data-binary @- "$VAULT_ADDR/v1/$mount/sign/$name")
  check "$answer"
  # "vault:v3:BASE64"
  printf %s "$answer" | jq -c '{version: 1, signature: (.data.signature | split(":") | last)}'
  ;;
*) refuse "the operation $(field .operation) is not known" ;;
esac
