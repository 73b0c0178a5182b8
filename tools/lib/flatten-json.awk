# Prints a JSON document as lines "path<TAB>value", one for each scalar: shards.0.records<TAB>150.
# An array also prints its length as "path.#". Strings are printed as written, escapes and all.
# It is here so that the scripts need neither Python nor jq.

function complain(what) {
    printf "flatten-json: %s at character %d; is this the program's --json output?\n", what, at \
        > "/dev/stderr"
    failed = 1
    exit 65
}

function peek() {
    while (at <= size && substr(text, at, 1) ~ /[ \t\r\n]/) at++
    return substr(text, at, 1)
}

function take(expected) {
    if (peek() != expected) complain("expected " expected)
    at++
}

function take_string(    from, c) {
    take("\"")
    from = at
    while (at <= size) {
        c = substr(text, at, 1)
        if (c == "\"") return substr(text, from, at++ - from)
        at += (c == "\\") ? 2 : 1
    }
    complain("a string without an end")
}

function take_members(path,    c) {
    take("{")
    if (peek() == "}") { at++; return }
    while (1) {
        if (peek() != "\"") complain("expected a name")
        c = take_string()
        take(":")
        take_value((path == "") ? c : path "." c)
        c = peek()
        at++
        if (c == "}") return
        if (c != ",") complain("expected , or }")
    }
}

function take_elements(path,    c, count) {
    take("[")
    count = 0
    if (peek() == "]") at++
    else while (1) {
        take_value(path "." count)
        count++
        c = peek()
        at++
        if (c == "]") break
        if (c != ",") complain("expected , or ]")
    }
    printf "%s.#\t%d\n", path, count
}

function take_value(path,    c, from) {
    c = peek()
    if (c == "{") take_members(path)
    else if (c == "[") take_elements(path)
    else if (c == "\"") printf "%s\t%s\n", path, take_string()
    else {
        from = at
        while (at <= size && substr(text, at, 1) ~ /[-+.0-9A-Za-z]/) at++
        c = substr(text, from, at - from)
        if (c !~ /^(true|false|null|-?[0-9][-+.0-9Ee]*)$/) complain("expected a value")
        printf "%s\t%s\n", path, c
    }
}

{ text = text $0 "\n" }

END {
    if (failed) exit 65
    size = length(text)
    at = 1
    take_value("")
    if (peek() != "") complain("something after the end")
}
