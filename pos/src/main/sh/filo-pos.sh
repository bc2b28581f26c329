#!/bin/sh
# filo-pos: a till's command line. This is a script with a jar behind it; it needs a Java 25, nothing else.
set -u

java_needed=25

# version HOME: the major version of the Java there, nothing when there is none
version() {
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p'
  fi
}

# find_java: prints the first Java that is new enough; the cheap places first, as a till is started often
find_java() {
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*; do
    [ -n "$home" ] || continue
    found=$(version "$home")
    if [ -n "$found" ] && [ "$found" -ge "$java_needed" ]; then
      printf '%s\n' "$home/bin/java"
      return 0
    fi
  done
  on_path=$(command -v java 2>/dev/null) || return 1
  found=$("$on_path" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
  [ -n "$found" ] && [ "$found" -ge "$java_needed" ] && printf '%s\n' "$on_path"
}

java=$(find_java) || {
  echo "filo-pos: needs a Java $java_needed or newer and found none; get one from https://adoptium.net and set JAVA_HOME to it." >&2
  exit 5
}
# The class archive makes the second start and all later ones faster; without a writable place there is none.
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/filo-pos
archive=
if (umask 077 && mkdir -p "$cache") 2>/dev/null && [ -w "$cache" ]; then
  archive="-XX:+AutoCreateSharedArchive -XX:SharedArchiveFile=$cache/classes.jsa"
fi
# shellcheck disable=SC2086 # several flags on purpose
exec "$java" -Xmx128m -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -Xlog:disable -Xlog:all=off \
  $archive --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  ${FILO_POS_JAVA_OPTS:-} -jar "$0" "$@"
