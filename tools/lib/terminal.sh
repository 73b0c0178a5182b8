# shellcheck shell=bash disable=SC2034
# How every script here speaks: plain notes on stdout, complaints on stderr, colour only on a
# terminal and never where NO_COLOR is set. Sourced, not run.

# A comma as decimal mark would break the arithmetic on seconds.
export LC_NUMERIC=C

bold='' red='' green='' dim='' plain=''
if [[ -t 1 && -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' dim=$'\e[2m' plain=$'\e[0m'
fi

# Exit statuses as in sysexits.h, the same ones the program uses.
readonly EX_USAGE=64 EX_DATAERR=65 EX_UNAVAILABLE=69

note() { printf '%s\n' "$*"; }

complain() { printf '%s%s:%s %s\n' "$red" "${0##*/}" "$plain" "$*" >&2; }

# die STATUS MESSAGE: every message ends in what the reader should do.
die() {
    local status=$1
    shift
    complain "$*"
    exit "$status"
}

# The script's own header comment is its help: the lines after the first, up to the first that is
# no comment.
print_help() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0"; }

now() { printf '%s' "$EPOCHREALTIME"; }

# seconds_since START: with one decimal.
seconds_since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }

# run_step TITLE COMMAND...: runs a command under a title and says how long it took. The seconds
# are left in `elapsed`. A failure ends the script with the command's own status.
elapsed=0
run_step() {
    local title=$1 start status=0
    shift
    printf '\n%s== %s%s\n' "$bold" "$title" "$plain"
    start=$(now)
    "$@" || status=$?
    elapsed=$(seconds_since "$start")
    if ((status != 0)); then
        complain "\"$title\" failed with status $status after $elapsed s; the reason is above."
        exit "$status"
    fi
    printf '%s   %s s%s\n' "$dim" "$elapsed" "$plain"
}

# The one configuration that is built, by the quickstart and by the tests, so that nothing is built
# twice.
readonly BUILD_FLAGS=(-c release)
