#!/bin/bash
# The README's two commands on a Debian 12 that has nothing but python3 and python3-venv, as root,
# with the clone under root's home.
#
#   tests/fresh/bare_debian.sh [FOLDER] [VERB ...]
#
# Root and debootstrap are needed. The bare system is built into FOLDER (a temporary one if not
# given) and used again when it is there already; the clone in it is always made anew from what is
# committed here. Without verbs it does "demo" and "test".
set -eu

clone=agent-desktop
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$(mktemp -d /var/tmp/bare-debian-XXXX)}
[ $# -gt 0 ] && shift
verbs=("$@")
[ ${#verbs[@]} -gt 0 ] || verbs=(demo test)

if [ ! -e "$folder/etc/debian_version" ]; then
    debootstrap --variant=minbase --include=python3,python3-venv bookworm "$folder"
fi
rm -rf "$folder/root/$clone"
git clone --quiet --no-hardlinks "$project" "$folder/root/$clone"

# The network as it is reached from here: names, mirrors, proxies, certificates.
for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
    if [ -e "$file" ]; then install -D -m 644 "$(readlink -f "$file")" "$folder$file"; fi
done

kept=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_CERT PIP_INDEX_URL; do
    if [ -n "${!name:-}" ]; then kept+=("$name=${!name}"); fi
done

# Mounts and processes of the visit end with it.
visit() {
    unshare --mount --pid --fork --propagation private bash -eu -c '
        folder=$1; shift
        mount -t proc proc "$folder/proc"
        mount --rbind /dev "$folder/dev"
        mount -t tmpfs -o mode=1777 tmpfs "$folder/tmp"
        exec chroot "$folder" "$@"
    ' visit "$folder" "$@"
}

for verb in "${verbs[@]}"; do
    echo "### python3 dev.py $verb"
    began=$SECONDS
    visit env -i HOME=/root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin "${kept[@]}" \
        bash -c "cd /root/$clone && timeout 2400 python3 dev.py $verb </dev/null"
    echo "### $verb: status 0 after $((SECONDS - began)) s"
done
