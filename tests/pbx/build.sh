#!/bin/sh
# Makes FOLDER: a small Debian with Asterisk 22, to be entered with chroot. Root only.
#
#     tests/pbx/build.sh FOLDER
#
# Does nothing when FOLDER is there. It is made under another name and renamed when whole, and a
# lock lets the second of two test runs wait for the first. Packages come from the mirror this
# machine's own apt is set to.
set -eu
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
PATH=$PATH:/usr/sbin:/sbin
folder=${1:?usage: build.sh FOLDER}
suite=forky # the first release that has Asterisk 22

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
[ ! -e "$folder" ] || exit 0

# Prints the first mirror of Debian among apt's sources, of either kind of file.
mirror() {
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\/debian\)\/\{0,1\}\([[:space:]].*\)\{0,1\}$/\1/p'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -n 's/^deb[[:space:]]\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\/debian\)\/\{0,1\}[[:space:]].*/\2/p'
}
from=$(mirror | head -n 1)
[ -n "$from" ] || { echo "apt's sources name no mirror of Debian" >&2; exit 1; }

# An older debootstrap does not know the name; all newer releases are made alike.
script=$suite
[ -e "/usr/share/debootstrap/scripts/$suite" ] || script=sid

half=$folder.half
rm -rf "$half"
trap 'rm -rf "$half"' EXIT
trap 'exit 1' INT TERM HUP
debootstrap --variant=minbase "$suite" "$half" "$from" "$script"

# Nothing of the packages may start a service: we start Asterisk ourselves.
printf '#!/bin/sh\nexit 101\n' >"$half/usr/sbin/policy-rc.d"
chmod 755 "$half/usr/sbin/policy-rc.d"
for file in /etc/resolv.conf /etc/hosts; do
    [ ! -e "$file" ] || cp -L "$file" "$half$file"
done
# A mirror may lag behind the release file's date; its signature is verified all the same.
chroot "$half" apt-get -o Acquire::Check-Valid-Until=false update -q
chroot "$half" apt-get install -y -q --no-install-recommends \
    asterisk asterisk-modules asterisk-core-sounds-en asterisk-core-sounds-en-wav \
    asterisk-moh-opsound-wav
chroot "$half" apt-get clean
rm -rf "$half"/var/lib/apt/lists/* "$half"/usr/share/doc/* "$half"/usr/share/man/*
chroot "$half" asterisk -V | grep -q '^Asterisk 22\.' ||
    { echo "$suite no longer has Asterisk 22" >&2; exit 1; }
mv "$half" "$folder"
