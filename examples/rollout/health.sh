# Stands for a look at the real thing: it is well at the second look.
t=$(cat target.txt)
echo look >> "live/$t.looks"
[ "$(wc -l < "live/$t.looks")" -ge 2 ] || { echo "$t does not answer yet" >&2; exit 1; }
echo "$t is well"
