# Packages of npm and a Node.js for the tests, as the package-lock.json of the folder at hand pins them. They are kept for later runs.
# To be sourced; needs nothing of the system but an npm of any version.

# Installs the packages where they are not yet, under a name, and says where they are.
npm_folder() {
  local cache folder
  cache=${XDG_CACHE_HOME:-${HOME:-${TMPDIR:-/tmp}}/.cache}/errand-tests
  folder=$cache/$1-$(cksum <package-lock.json | tr ' ' -)
  [ -d "$folder" ] || npm_install "$cache" "$folder" >&2
  echo "$folder"
}

# Beside its place first, so that it is there as a whole or not at all, also when two runs install it at once.
npm_install() {
  local made
  command -v npm >/dev/null || { echo "These tests install packages by npm: install Node.js with npm, of any version." >&2; exit 2; }
  mkdir -p "$1"
  made=$(mktemp -d "$1/installing.XXXXXX")
  cp package.json package-lock.json "$made"
  (cd "$made" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || { rm -rf "$made"; exit 2; }
  if [ -d "$2" ]; then rm -rf "$made"; else mv "$made" "$2"; fi
}

# The Node.js of a folder's packages, or the system's where there is none for it.
npm_node() {
  local node=$1/node_modules/.bin/node
  [ -x "$node" ] || node=$(command -v node) || { echo "These tests need Node.js 22." >&2; exit 2; }
  "$node" -e 'process.exit(parseInt(process.versions.node) >= 22 ? 0 : 1)' ||
    { echo "These tests need Node.js 22; this is $("$node" --version)." >&2; exit 2; }
  echo "$node"
}
