# Headings and fences of each page against those of its translation.
shape() { grep -c -e '^#' -e '^```' "$1"; }
for page in docs/*.md; do
  translated="docs/$1/$(basename "$page")"
  [ -e "$translated" ] || { echo "$translated is missing" >&2; exit 1; }
  [ "$(shape "$page")" = "$(shape "$translated")" ] || { echo "$translated has another shape than $page" >&2; exit 1; }
done
