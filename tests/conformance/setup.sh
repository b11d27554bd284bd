#!/usr/bin/env bash
# The conformance suite of MCP and a Node.js that can run it, as package-lock.json pins them. They are kept for later runs.
#
#   eval "$(tests/conformance/setup.sh start)"   installs them where they are not yet; sets ERRAND_TEST_NODE and ERRAND_TEST_CONFORMANCE
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ../lib/npm.sh

case ${1:-} in
  start)
    folder=$(npm_folder conformance)
    node=$(npm_node "$folder")
    printf 'export ERRAND_TEST_NODE=%q\n' "$node"
    printf 'export ERRAND_TEST_CONFORMANCE=%q\n' "$folder/node_modules/@modelcontextprotocol/conformance/dist/index.js"
    ;;
  stop) ;;
  *) sed -n '2,/^set/s/^#\( \|$\)//p' "$0" >&2; exit 2 ;;
esac
