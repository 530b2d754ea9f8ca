"""Draws `name number` lines as bars."""
import sys

source, target = sys.argv[1:]
rows = [line.split() for line in open(source)]
most = max(int(number) for _, number in rows)
bars = [
    f'<rect x="80" y="{20 * i}" width="{200 * int(number) // most}" height="15"/>'
    f'<text x="0" y="{20 * i + 12}">{name} {number}</text>'
    for i, (name, number) in enumerate(rows)
]
with open(target, 'w') as file:
    file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="{20 * len(rows)}">{"".join(bars)}</svg>\n')
