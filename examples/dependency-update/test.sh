# Version 2 of colors has another API.
grep -q "^colors 1" packages.txt || grep -q "colors: uses the new API" app.txt || { echo "app.txt: colors 2 has no old API" >&2; exit 1; }
