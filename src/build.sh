#!/usr/bin/env bash
# Builds the solution or one project in Release, and speaks only when something is wrong: src/build.sh Errand.slnx
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! dotnet --list-sdks 2>/dev/null | grep '^10\.' >/dev/null; then
  echo "The .NET SDK 10 is needed, and 'dotnet --list-sdks' does not list one." >&2
  echo "Get it from https://dotnet.microsoft.com/download/dotnet/10.0 and see that 'dotnet' is on the PATH." >&2
  exit 2
fi

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# Without node reuse no build process outlives the build and holds on to the caller's pipes.
if ! output=$(dotnet build "$1" --configuration Release --disable-build-servers -verbosity:quiet -terminalLogger:off </dev/null 2>&1); then
  # MSBuild repeats each error in its summary.
  { grep -E ': (error|warning) ' <<<"$output" || printf '%s\n' "$output"; } | sort -u >&2
  echo "$1 does not build." >&2
  exit 1
fi
