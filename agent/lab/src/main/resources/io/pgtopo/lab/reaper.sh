# The reaper of one lab: makes the lab's directory, waits until the lab's JVM is gone or closes the lab, removes everything.
#   sh -c "$(cat reaper.sh)" reaper <directory> <cache> <id>
# Touches only processes that have <directory>/data/ on their command line and their descendants, the network
# namespaces and links listed in <directory>, <cache>/.new-<id>-*, and <directory> itself.
# PIPE: the JVM may be gone before it reads "ready".
trap '' INT HUP TERM PIPE
umask 022
directory=${1:?} cache=${2:?} id=${3:?}
mark=$directory/data/

if [ ! -d "$directory" ]; then
  mkdir "$directory" || exit 1
fi
mkdir -p "$directory/data" "$directory/log" "$directory/socket" || exit 1
echo ready

# The pipe from the JVM is closed when the JVM ends, even by SIGKILL.
while read -r _; do :; done

# Pids of postmasters, and of tools of this lab still at work.
roots() {
  if [ -d /proc/self ]; then
    printf '%s\n' "$mark" | grep -l -F -f - /proc/[0-9]*/cmdline 2>/dev/null | sed 's/[^0-9]//g'
  else
    ps -axww -o pid=,command= | MARK=$mark awk 'index($0, ENVIRON["MARK"]) { print $1 }'
  fi
}

parents() {
  if [ -d /proc/self ]; then
    sed -n 's/^\([0-9]*\) (.*) . \([0-9]*\) .*/\1 \2/p' /proc/[0-9]*/stat 2>/dev/null
  else
    ps -axo pid=,ppid=
  fi
}

# Adds to $pids every descendant of those in it.
add_descendants() {
  pairs=$(parents)
  grown=yes
  while [ -n "$grown" ]; do
    grown=
    while read -r pid parent; do
      case $pids in
        *" $pid "*) ;;
        *" $parent "*) pids="$pids$pid " grown=yes ;;
      esac
    done <<PAIRS
$pairs
PAIRS
  done
}

# Whether a process runs, and is not a zombie.
lives() {
  kill -s 0 "$1" 2>/dev/null && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# Waits for processes to end, for about so many hundredths of a second in all.
await_end() {
  left=$1
  shift
  for pid; do
    while [ "$left" -gt 0 ] && lives "$pid"; do
      sleep 0.01
      left=$((left - 1))
    done
  done
}

# First like pg_ctl stop -m immediate, with which a postmaster stops its backends; frozen ones are continued for it.
found=$(roots | tr '\n' ' ')
if [ -n "$found" ]; then
  kill -s QUIT $found 2>/dev/null
  pids=" $found"
  add_descendants
  kill -s CONT $pids 2>/dev/null
  await_end 200 $pids
fi

# Then with SIGKILL. A stopped postmaster starts no backend, so the list of backends stays complete.
turn=0
while [ "$turn" -lt 200 ]; do
  found=$(roots | tr '\n' ' ')
  [ -n "$found" ] || break
  kill -s STOP $found 2>/dev/null
  pids=" $found"
  add_descendants
  kill -s KILL $pids 2>/dev/null
  await_end 20 $pids
  turn=$((turn + 1))
done

# A killed server leaves its small System V segment; line 7 of postmaster.pid is "key id".
if [ -r /proc/sysvipc/shm ] && command -v ipcrm >/dev/null; then
  for lock in "$mark"*/postmaster.pid; do
    [ -f "$lock" ] || continue
    segment=$(awk 'NR == 7 { print $2 }' "$lock")
    [ -n "$segment" ] || continue
    if awk -v id="$segment" '$2 == id && $7 == 0 { found = 1 } END { exit !found }' /proc/sysvipc/shm; then
      ipcrm -m "$segment" 2>/dev/null
    fi
  done
fi

if [ -f "$directory/links" ]; then
  while read -r link; do ip link del "$link" 2>/dev/null; done <"$directory/links"
fi
if [ -f "$directory/namespaces" ]; then
  while read -r namespace; do ip netns del "$namespace" 2>/dev/null; done <"$directory/namespaces"
fi

rm -rf "$cache/.new-$id-"*
turn=0
while [ -e "$directory" ] && [ "$turn" -lt 100 ]; do
  rm -rf "$directory" 2>/dev/null || sleep 0.05
  turn=$((turn + 1))
done
[ ! -e "$directory" ]
