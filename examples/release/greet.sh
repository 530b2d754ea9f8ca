printf "hello, %s" "${1:-world}"
