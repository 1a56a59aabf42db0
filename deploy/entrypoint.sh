#!/bin/sh
# Run a command as the user that PUID and PGID name, or as whoever this runs as already.
set -eu

umask "${UMASK:-022}"
uid=$(id -u)
gid=$(id -g)
drop=

if [ "$uid" = 0 ]; then
    uid=${PUID:-99}
    gid=${PGID:-100}
    mkdir -p "$LONGBOX_DATA"
    # What another PUID has written would be out of reach; comics are left as they are.
    if [ "$(stat -c %u:%g "$LONGBOX_DATA")" != "$uid:$gid" ]; then
        chown -R -h "$uid:$gid" "$LONGBOX_DATA"
    fi
    drop="setpriv --reuid=$uid --regid=$gid --clear-groups"
fi

# PostgreSQL wants a name for the user that it runs as, and /etc may be read-only.
if ! getent passwd "$uid" >/dev/null; then
    names=$(mktemp -d)
    echo "longbox:x:$uid:$gid:Longbox:$LONGBOX_DATA:/bin/sh" >"$names/passwd"
    echo "longbox:x:$gid:" >"$names/group"
    chmod -R a+rX "$names"
    export LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD="$names/passwd" NSS_WRAPPER_GROUP="$names/group"
fi

# A container is reached from elsewhere, so somebody has to log in; with no word of who, this says it.
case "$*${LONGBOX_ADMIN_PASSWORD:+ known}${LONGBOX_ADMIN_PASSWORD_FILE:+ known}${LONGBOX_ALLOW_ANONYMOUS:+ known}" in
*" known") ;;
"longbox serve"*)
    export LONGBOX_ADMIN_PASSWORD_FILE="$LONGBOX_DATA/first-password"
    # shellcheck disable=SC2016 # the other shell is to read its own arguments
    $drop sh -c 'umask 077; [ -s "$0" ] || od -An -N16 -tx1 /dev/urandom | tr -d " \n" >"$0"' \
        "$LONGBOX_ADMIN_PASSWORD_FILE"
    ;;
esac

export HOME="$LONGBOX_DATA"
# shellcheck disable=SC2086 # the words of $drop are meant to be split
exec $drop "$@"
