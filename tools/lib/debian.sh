# shellcheck shell=bash
# What a machine has, and how Debian gets the rest. Sourced after terminal.sh.

has_command() { command -v "$1" >/dev/null 2>&1; }

# has_library PKG-CONFIG-NAME HEADER
has_library() {
    { has_command pkg-config && pkg-config --exists "$1" 2>/dev/null; } ||
        [[ -e /usr/include/$2 || -e /usr/local/include/$2 ]]
}

# pip_command: sets `pip` to a pip that runs. Debian's Python often has none beside a pyenv that
# has one, or the other way round, so each is asked.
pip=()
find_pip() {
    local candidate
    for candidate in "python3 -m pip" "/usr/bin/python3 -m pip" pip3 pip; do
        read -ra pip <<<"$candidate"
        if "${pip[@]}" --version >/dev/null 2>&1; then return 0; fi
    done
    pip=()
    return 1
}

# install_packages NAME...: through apt, with sudo where needed; nothing else is touched.
install_packages() {
    local -a root=()
    if ! has_command apt-get; then
        die "$EX_UNAVAILABLE" "missing: $*. This machine has no apt-get; install what your" \
            "distribution calls these Debian packages, then run this again."
    fi
    if ((EUID != 0)); then
        if ! has_command sudo; then
            die 77 "missing: $*. Run as root: apt-get install $*"
        fi
        root=(sudo)
    fi
    note "Installing with apt: $*"
    # A failed update is no reason to stop: the lists at hand may be good enough.
    "${root[@]}" apt-get update -qq || complain "apt-get update failed; going on with old lists."
    if ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"; then
        die "$EX_UNAVAILABLE" "apt could not install: $*. Its message is above; once that works," \
            "run this again."
    fi
}
