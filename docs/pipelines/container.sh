#!/bin/sh
# The entry point of a container: what it runs has the role, by the role of its pod or instance.
set -eu
keys=$(atmos-auth assume "${ACCOUNT:?}" "${ROLE:?}" --accounts "${ACCOUNTS_FILE:-/etc/accounts.json}")
eval "$keys"
exec "$@"
