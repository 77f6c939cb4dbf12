#!/bin/sh
# Makes a folder that runs the server with nothing else but glibc: the jar, a Java runtime with only the
# modules that the jar uses, the native parts of gRPC and SQLite, so that the server writes nowhere else, and an archive
# of classes, so that it starts in half the time.
#
# usage: make-runtime.sh JAR DIRECTORY    with a JDK's bin in PATH, or JAVA_HOME
set -eu
jar=$1
target=$(mkdir -p "$2" && cd "$2" && pwd)
here=$(dirname "$0")
[ -z "${JAVA_HOME:-}" ] || PATH="$JAVA_HOME/bin:$PATH"

mkdir "$target/native"
cp "$jar" "$target/wxnotify-server.jar"
cp "$here/healthcheck" "$target/healthcheck"
chmod 755 "$target/healthcheck"

# What jdeps finds, and what is only looked up by name: beans and timers of the JVM, HTTP, and jcmd for
# a look inside.
modules=$(jdeps --multi-release base --ignore-missing-deps --print-module-deps "$jar")
jlink --add-modules "$modules,java.management,jdk.management,java.net.http,jdk.crypto.ec,jdk.jcmd" \
  --no-header-files --no-man-pages --compress zip-6 --generate-cds-archive --output "$target/runtime"

# Unpacked here, they need no writable and executable /tmp at run time.
case $(uname -m) in
  aarch64 | arm64) machine=aarch_64 ;;
  *) machine=x86_64 ;;
esac
unpacked=$(mktemp -d)
(cd "$unpacked" && jar --extract --file "$target/wxnotify-server.jar" META-INF/native)
cp "$unpacked"/META-INF/native/*"$machine".so "$target/native/"
(cd "$unpacked" && jar --extract --file "$target/wxnotify-server.jar" org/sqlite/native/Linux)
cp "$unpacked/org/sqlite/native/Linux/$(uname -m | sed 's/arm64/aarch64/')/libsqlitejdbc.so" "$target/native/"
rm -r "$unpacked"

# The classes as they are after a start and one message. The archive fits only this runtime and this jar
# at this place; where it does not fit, the JVM starts without it.
log=$(mktemp)
java=$target/runtime/bin/java
env -i WXNOTIFY_GRPC_PORT=0 WXNOTIFY_MONITORING_PORT=0 "$java" -XX:ArchiveClassesAtExit="$target/wxnotify.jsa" \
  -Djava.library.path="$target/native" -jar "$target/wxnotify-server.jar" serve --sandbox >"$log" 2>&1 &
server=$!
for _ in $(seq 300); do
  grep -q ' ready: ' "$log" && break
  kill -0 "$server" || { cat "$log"; exit 1; }
  sleep 0.2
done
env -i "$java" -jar "$target/wxnotify-server.jar" send seckill --server "$(sed -n 's/.* ready: gRPC on \([^,]*\),.*/\1/p' "$log")" \
  --open-id some-user --goods-name Coffee --time 20:00 --corp-id 1 --customer-id 2
kill -TERM "$server"
wait "$server"
chmod 644 "$target/wxnotify.jsa"
rm "$log"
