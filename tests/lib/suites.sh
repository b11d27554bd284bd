# How ./test finds its suites, runs them and counts. To be sourced from the root of the tree.

results=artifacts/test-results
passed=0
failed=0
running="" # The process group of the suite that runs.
set_up=""  # Its setup.sh, from before the start to after the stop.

# Every suite; the documents come last, because they are checked against what the others have shown.
all_suites() {
  local project
  for project in tests/*/*.csproj; do basename "$(dirname "$project")"; done | grep -vx docs || true
  echo docs
}

project_of() {
  set -- "tests/$1"/*.csproj
  [ -e "$1" ] && echo "$1"
}

start_run() {
  rm -rf "$results"
  mkdir -p "$results"
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/errand.XXXXXX")
  trap end_run EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # Servers that refuse to run as root work below it as somebody else.
  chmod 755 "$scratch"
  export TMPDIR=$scratch
  # Where servers and tools of the system are, and where no shell of root has to look.
  export PATH=$PATH:/usr/sbin:/sbin
  [ ${#filter[@]} -gt 0 ] || export ERRAND_TEST_RESULTS=$PWD/$results
  printf '%-16s %8s %8s %8s %8s\n' suite passed failed skipped time
}

end_run() {
  end_suite || true
  rm -rf "$scratch"
}

# Runs a suite between the start and the stop of its setup.sh, adds to the counts, and tells of every failure.
run_suite() {
  local folder=$results/$1 began=$SECONDS settings="" status=0
  mkdir -p "$folder"
  if [ -x "tests/$1/setup.sh" ]; then
    set_up=tests/$1/setup.sh
    settings=$("$set_up" start 2>"$folder/log" </dev/null) || status=$?
  fi
  if [ "$status" -eq 0 ]; then
    # Job control gives the suite a process group of its own, so that all of it can be ended.
    set -m
    (eval "$settings"; execute "$1") >>"$folder/log" 2>&1 </dev/null &
    running=$!
    set +m
    while kill -0 "$running" 2>/dev/null; do
      [ $((SECONDS - began)) -lt "$limit" ] || { echo "Ended after $limit s." >>"$folder/log"; kill -TERM -- "-$running"; sleep 2; break; }
      sleep 0.1
    done
  fi
  end_suite || status=$?
  count "$1" "$status" $((SECONDS - began))
}

# A suite that refers to the coverage collector is run by the test host that collects; nothing slows the others.
execute() {
  local project assembly
  project=$(project_of "$1")
  if [ ${#filter[@]} -eq 0 ] && grep -q coverlet.collector "$project"; then
    MSBUILDDISABLENODEREUSE=1 dotnet test "$project" --configuration Release --no-build --settings tests/lib/coverage.runsettings \
      --logger "trx;LogFileName=results.trx" --results-directory "$results/$1"
  else
    assembly=$(sed -n 's/.*<AssemblyName>\(.*\)<.*/\1/p' "$project")
    project=$(basename "$project" .csproj)
    dotnet "artifacts/bin/$project/release/${assembly:-$project}.dll" -noLogo -noColor -trx "$results/$1/results.trx" \
      ${filter[@]+"${filter[@]}"}
  fi
}

# Ends what is left of the suite, and answers how the suite itself ended.
end_suite() {
  local status=0
  if [ -n "$running" ]; then
    kill -KILL -- "-$running" 2>/dev/null || true
    wait "$running" 2>/dev/null || status=$?
    running=""
  fi
  if [ -n "$set_up" ]; then
    "$set_up" stop >&2 </dev/null || status=$?
    set_up=""
  fi
  return "$status"
}

# A skipped test is a failed one: it shows nothing. So is a suite that ran nothing or ended badly without naming a failed test.
count() {
  local counters total ok bad skipped note=""
  counters=$(sed -n 's/.*<Counters total="\([0-9]*\)" .* passed="\([0-9]*\)" failed="\([0-9]*\)".*/\1 \2 \3/p' \
    "$results/$1/results.trx" 2>/dev/null) || true
  read -r total ok bad <<<"${counters:-0 0 0}"
  skipped=$((total - ok - bad))
  if [ "$ok" -eq "$total" ] && { [ "$2" -ne 0 ] || { [ "$total" -eq 0 ] && [ ${#filter[@]} -eq 0 ]; }; }; then
    bad=1
    note="  No test failed by name; the suite ended with status $2."
  fi
  passed=$((passed + ok))
  failed=$((failed + bad + skipped))
  printf '%-16s %8d %8d %8d %6d s\n' "$1" "$ok" "$bad" "$skipped" "$3"
  if [ $((bad + skipped)) -eq 0 ]; then grep '^ *• ' "$results/$1/log" || true; return; fi
  [ -z "$note" ] || echo "$note"
  tell "$results/$1/log"
}

# The log without the lines that say nothing.
tell() {
  sed -E -e '/^ *(Discover(ing|ed)|Starting|Finished): |^(Test run for|A total of|Results File:|Attachments:)|\/coverage\.cobertura\.xml$|^$/d' \
    -e 's/^/  /' "$1" | tail -n 400
}

# Answers whether the code is covered well enough; a part of the suites need not cover the whole.
coverage_table() {
  awk -v whole="${chosen:+no}" -f tests/lib/coverage.awk /dev/null $(find "$results" -name coverage.cobertura.xml) | LC_ALL=C sort
}
