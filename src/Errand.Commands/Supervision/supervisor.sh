# What supervisor.c does, for where it could not be compiled: FOLDER [-c GROUP] [-i] [-u UID -g GID -G GID,GID…] PROGRAM ARGV0 [ARGUMENT…]
# It cannot adopt what the command leaves behind, nor hold its files to a size.
folder=$1
shift
group=
input=
become=
while getopts c:iu:g:G: option; do
  case $option in
    c) group=$OPTARG ;;
    i) input=1 ;;
    u) become="setpriv --reuid=$OPTARG" ;;
    g) become="$become --regid=$OPTARG" ;;
    G) become="$become --groups=$OPTARG" ;;
    *) exit 125 ;;
  esac
done
shift $((OPTIND - 1))
program=$1
shift 2

# Caught and not ignored, which the command would inherit.
trap : HUP INT QUIT TERM USR1 USR2
read -r go <&3 || exit 125
[ -z "$input" ] || exec <>"$folder/in"
# The shell tells of a signal that ended the command; only so is it told apart from an exit code of that size.
exec 4>&2 2>"$folder/said"
([ -z "$group" ] || echo 0 >"$group/cgroup.procs"; exec 2>&4 3<&- 4>&-; exec $become "$program" "$@")
code=$?
how=exitCode
if [ "$code" -gt 128 ] && { [ -s "$folder/said" ] || [ "$code" -eq 130 ] || [ "$code" -eq 141 ]; }; then
  how=signal
  code=$((code - 128))
fi
[ -z "$input" ] || rm -f "$folder/in"
rm -f "$folder/said"
printf '{"%s":%d}\n' "$how" "$code" >"$folder/exit"
