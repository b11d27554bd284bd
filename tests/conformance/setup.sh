#!/usr/bin/env bash
# The conformance suite of MCP and a Node.js that can run it, as package-lock.json pins them. They are kept for later runs.
#
#   eval "$(tests/conformance/setup.sh start)"   installs them where they are not yet; sets ERRAND_TEST_NODE and ERRAND_TEST_CONFORMANCE
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

main() {
  case ${1:-} in
    start) start ;;
    stop) ;;
    *) sed -n '2,/^set/s/^#\( \|$\)//p' "$0" >&2; exit 2 ;;
  esac
}

start() {
  local cache folder
  cache=${XDG_CACHE_HOME:-${HOME:-${TMPDIR:-/tmp}}/.cache}/errand-tests
  folder=$cache/conformance-$(cksum <package-lock.json | tr ' ' -)
  [ -d "$folder" ] || install "$cache" "$folder" >&2
  printf 'export ERRAND_TEST_NODE=%q\n' "$(node_of "$folder")"
  printf 'export ERRAND_TEST_CONFORMANCE=%q\n' "$folder/node_modules/@modelcontextprotocol/conformance/dist/index.js"
}

# Beside its place first, so that it is there as a whole or not at all, also when two runs install it at once.
install() {
  local made
  command -v npm >/dev/null || { echo "The conformance suite of MCP is installed by npm: install Node.js with npm, of any version." >&2; exit 2; }
  mkdir -p "$1"
  made=$(mktemp -d "$1/installing.XXXXXX")
  cp package.json package-lock.json "$made"
  (cd "$made" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || { rm -rf "$made"; exit 2; }
  if [ -d "$2" ]; then rm -rf "$made"; else mv "$made" "$2"; fi
}

# Ours, or the system's where there is none for it.
node_of() {
  local node=$1/node_modules/.bin/node
  [ -x "$node" ] || node=$(command -v node) || { echo "The conformance suite of MCP needs Node.js 22." >&2; exit 2; }
  if ! "$node" -e 'process.exit(parseInt(process.versions.node) >= 22 ? 0 : 1)'; then
    echo "The conformance suite of MCP needs Node.js 22; this is $("$node" --version)." >&2
    exit 2
  fi
  echo "$node"
}

main "$@"
