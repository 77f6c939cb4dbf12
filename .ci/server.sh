#!/usr/bin/env bash
# To be sourced: starts and stops the real jar with its sandbox, on free ports.

server=

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# What the next server is configured with, beside the environment.
settings=()

# settings_of PAGE: sets them to what the page starts its server with.
settings_of() {
  local exports
  exports=$(.ci/readme-blocks --page "$1" server | grep '^export ')
  mapfile -t settings < <(bash -euo pipefail -c "$exports"$'\n''env' | grep '^WXNOTIFY_')
  [ ${#settings[@]} -gt 0 ]
}

# start_server LOG [PORT]: sets $port and $sandbox_port; keys of configuration are taken from the environment, and from $settings.
start_server() {
  port=${2:-$(free_port)}
  sandbox_port=$(free_port)
  : >"$1" # Else it may be looked at before the server's shell has made it.
  env "${settings[@]}" WXNOTIFY_GRPC_PORT="$port" WXNOTIFY_MONITORING_PORT=0 \
    java -jar server/target/wxnotify-server.jar serve --sandbox --sandbox-port "$sandbox_port" >"$1" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    grep -q ' ready: ' "$1" && return
    kill -0 "$server" || break
    sleep 0.1
  done
  cat "$1"
  return 1
}

stop_server() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  server=
}

# here FILE: a script with the ports of the docs replaced by the real ones
here() {
  sed "s/127\.0\.0\.1:9090/127.0.0.1:$port/g; s/127\.0\.0\.1:9080/127.0.0.1:$sandbox_port/g" "$1"
}

# tokens_differ FILE: whether the example that asks for tokens got another one after it reported the first
tokens_differ() {
  local first next
  first=$(sed -n 's/^token \([^ ]*\) for .*/\1/p' "$1")
  next=$(sed -n 's/^refused, now \([^ ]*\)$/\1/p' "$1")
  [ -n "$first" ] && [ -n "$next" ] && [ "$first" != "$next" ]
}
