# Sourced by mvnw, pgtopo and .ci/run: sets JAVA_HOME to the newest JDK that is installed, 21 at least, whatever `java` on the
# PATH is. A JAVA_HOME that is new enough is kept. The formatter parses the sources inside Maven's own JVM, so Maven itself needs it.

jdk_major() { # directory -> major version, 0 if it is no JDK
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || { echo 0; return; }
  sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' "$1/release"
}

jdk_newest() { # prints "major directory" of the newest JDK
  javac=$(command -v javac 2>/dev/null) && javac=$(readlink -f "$javac" 2>/dev/null) || javac=
  for dir in "${javac%/bin/javac}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* \
    "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$dir" ] && [ -d "$dir" ]; then echo "$(jdk_major "$dir") $dir"; fi
  done | sort -n | tail -n 1
}

if [ -z "${JAVA_HOME:-}" ] || [ "$(jdk_major "$JAVA_HOME")" -lt 21 ]; then
  jdk=$(jdk_newest)
  if [ "${jdk%% *}" -lt 21 ] 2>/dev/null || [ -z "$jdk" ]; then
    echo "pgtopo needs a JDK of version 21 or newer. Found: ${jdk:-none}. Install one (such as OpenJDK 25), or set JAVA_HOME to it." >&2
    exit 2
  fi
  JAVA_HOME=${jdk#* }
  export JAVA_HOME
fi
