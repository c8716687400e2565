# Reads what `go test -v` printed for scripts/soak.sh. want is
#   did     what tests say that they did: what stands behind "proof Pn:", failing that all that they say;
#   came    up to where the tests had come that say so, such as "40 of 400 failovers";
#   failed  which tests failed, with what they said, or what was printed last when none is named.
# What several engines say alike is one line.

# part is the name of a test's part, "" of a whole one.
function part(name) {
    if (name !~ /\//) return ""
    sub(/^[^\/]*\//, "", name)
    gsub(/_/, " ", name)
    return name
}

# add keeps a line, once, with the names of all that said it.
function add(text, who) {
    if (!(text in said)) {
        said[text] = who
        order[++lines] = text
    } else if (who != "" && index(", " said[text] ",", ", " who ",") == 0) {
        said[text] = said[text] ", " who
    }
}

{ all[NR] = $0 }
/^=== (RUN|NAME|CONT|PAUSE)/ { test = $3; next }
/^ *--- FAIL: / { failed[++failures] = $3; next }
/^ *--- / { next }
/^    [a-z0-9_]+\.go:[0-9]+: / {
    text = $0
    sub(/^    [a-z0-9_]+\.go:[0-9]+: /, "", text)
    told[test] = told[test] "    " text "\n"
    at = text ~ /^[0-9]+ of [0-9]+ /
    if (at) came[test] = text
    if (sub(/^proof P[0-9]+: /, "", text)) add(text, part(test))
    else if (!at) other[++others] = part(test) "\t" text
    next
}
/^        / { told[test] = told[test] "    " $0 "\n" }

END {
    if (want == "did") {
        if (lines == 0)
            for (i = 1; i <= others; i++) {
                split(other[i], halves, "\t")
                add(halves[2], halves[1])
            }
        for (i = 1; i <= lines; i++) print (said[order[i]] == "" ? "" : said[order[i]] ": ") order[i]
    } else if (want == "came") {
        for (name in came) {
            printf "%s%s%s", (n++ ? "; " : ""), (part(name) == "" ? "" : part(name) ": "), came[name]
        }
        print (n ? "" : "nowhere that it says")
    } else {
        for (i = failures; i > 0; i--) # a test comes before its parts
            if (told[failed[i]] != "") {
                print failed[i]
                printf "%s", told[failed[i]]
                named = 1
            }
        if (!named) for (i = (NR > 30 ? NR - 29 : 1); i <= NR; i++) print all[i]
    }
}
