#!/usr/bin/env bash
# Makes .venv with everything that demo, tests and build need. Safe to run again: it does only what is not yet done.
#
#   PYTHON=python3.12 make setup    take another Python than the system's
#
# 1. Debian packages of packages-debian.txt, where we may install; otherwise one line says what will not run
# 2. .wheelhouse: one wheel per pin of constraints.txt (the only step that needs a network)
# 3. .venv: installed from .wheelhouse alone, so a missing pin is found here and not at a site
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
VENV=.venv
HOUSE=.wheelhouse
STAMP=$VENV/setup-stamp
EXTRAS=gateway,kiosk,dashboard,simulator,demo,dev
began=$(date +%s.%N)
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() { printf 'setup: %s\n' "$*"; }

stop() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

missing_packages() {
    local name
    sed -e 's/#.*//' -e 's/ *|.*//' packages-debian.txt | while read -r name; do
        [ -n "$name" ] || continue
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s ' "$name"
    done
}

without() { # what does not run without the packages named
    local name what=()
    for name in "$@"; do
        what+=("$name ($(sed -n "s/^$name *| *//p" packages-debian.txt))")
    done
    printf '%s; ' "${what[@]}" | sed 's/; $//'
}

debian_packages() {
    command -v dpkg-query >/dev/null || {
        say "not a Debian system; install yourself: $(without $(sed -n 's/ *|.*//p' packages-debian.txt))"
        return
    }
    local missing as_root=()
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        else
            say "no root here, so not installed: $(without $missing)"
            return
        fi
    fi
    say "[1/3] Debian packages: $missing"
    # shellcheck disable=SC2086 - the list is words
    { "${as_root[@]}" apt-get -q update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
            -o DPkg::Lock::Timeout=120 $missing; } </dev/null | awk '
        / newly installed/ { all = $3; print "  " all " packages with what they need" }
        /^Get:/ && all     { printf "  fetch %d/%d %s\n", ++got, all, $5; fflush() }
        /^Setting up /     { printf "  set up %d/%d %s\n", ++done, all, $3; fflush() }' ||
        say "Debian's packages could not be had, so not installed: $(without $(missing_packages))"
}

fit_python() {
    command -v "$PYTHON" >/dev/null || stop "no $PYTHON here; install Python 3.11 or newer."
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "$PYTHON is $("$PYTHON" -V 2>&1), 3.11 or newer is needed; name another one: PYTHON=python3.12 make setup"
    "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
        stop "$PYTHON cannot make a virtual environment; as root: apt-get install python3-venv"
}

fingerprint() {
    { pwd; "$PYTHON" -VV; cat pyproject.toml constraints.txt setup/setup.sh; } | sha256sum | cut -d' ' -f1
}

wheels() {
    local pins
    pins=$(grep -c '==' constraints.txt)
    local get=("$VENV/bin/python" -m pip wheel --no-deps --find-links "$HOUSE" --wheel-dir "$HOUSE" -r constraints.txt)
    if "${get[@]}" --no-index --quiet >/dev/null 2>&1; then
        say "[2/3] wheels: all $pins are in $HOUSE"
        return
    fi
    say "[2/3] wheels: $pins to fetch or find"
    "${get[@]}" --progress-bar off 2>"$VENV/setup-errors" | awk -v all="$pins" '
        /^(Collecting|Processing) / { sub(".*/", "", $2); printf "  %d/%d %s\n", ++n, all, $2; fflush() }
        /^Building wheel/ { print "  " $0; fflush() }' || {
        tail -n 5 "$VENV/setup-errors" >&2
        stop "the Python packages could not be fetched (above is why). Is there a network? Try again; what came is kept."
    }
}

install() {
    say "[3/3] installing into $VENV (no network; half a minute on a PC, some minutes on a small Pi)"
    "$VENV/bin/python" -m pip install --quiet --no-index --find-links "$HOUSE" -c constraints.txt \
        --progress-bar off --no-warn-script-location --editable ".[$EXTRAS]" ||
        stop "the installation failed (above is why); constraints.txt must name every package that is needed."
}

debian_packages
fit_python
now=$(fingerprint)
if [ "$(cat "$STAMP" 2>/dev/null)" = "$now" ] && "$VENV/bin/python" -c '' 2>/dev/null; then
    exit 0
fi
say "Python: $("$PYTHON" -V)"
if [ "$("$VENV/bin/python" -VV 2>/dev/null)" != "$("$PYTHON" -VV)" ] || ! grep -qF "$PWD/$VENV/" "$VENV/bin/pip"; then
    "$PYTHON" -m venv --clear "$VENV" # new, another Python, or the checkout was moved: its commands name the old place
fi
rm -f "$STAMP"
wheels
install
printf '%s\n' "$now" >"$STAMP"
awk -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f\n", b - a }' >"$VENV/setup-seconds"
say "ready after $(cat "$VENV/setup-seconds") s"
