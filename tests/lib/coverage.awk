# Merges cobertura reports and prints the share of lines that some test ran. Ends with 1 when it is too small, unless told whole=no.

function attribute(name) {
  if (!match($0, " " name "=\"[^\"]*\"")) return ""
  return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
}

function row(name, hit, all, target,    verdict) {
  verdict = !target || whole == "no" ? "" : hit < all * target / 100 ? ": too few, " target " % are due" : " (" target " % are due)"
  short = short || verdict ~ /too few/
  printf "%-22s %6.1f %% of %6d lines%s\n", name, 100 * hit / all, all, verdict
}

# File names are relative to a source folder that differs from report to report.
/<source>/   { root = $0; gsub(/^ *<source>|<\/source>.*$/, "", root) }
/<package /  { assembly = attribute("name"); assemblies[assembly] }
/<class /    { file = root attribute("filename") }
/<line /     {
  line = file ":" attribute("number")
  if (!(line in known)) { known[line]; all[assembly]++; everything++ }
  if (attribute("hits") > 0 && !(line in ran)) { ran[line]; hit[assembly]++; covered++ }
}

END {
  if (!everything && whole == "no") exit 0
  if (!everything) { print "No coverage was collected."; exit 1 }
  for (assembly in assemblies) if (all[assembly]) row(assembly, hit[assembly], all[assembly], assembly == "Errand" ? 90 : 0)
  row("coverage in all", covered, everything, 80)
  exit short
}
