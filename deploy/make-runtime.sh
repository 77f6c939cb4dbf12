#!/bin/sh
# Makes a folder that runs the server with nothing else but glibc: the jar, a Java runtime with only the modules that the jar
# uses, and the native parts of gRPC, so that the server writes nowhere.
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

# What jdeps finds; besides, what is only looked up by name: beans and timers of the JVM, HTTP, and jcmd for a look inside.
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
rm -r "$unpacked"
