"""Keeps the orders whose amount is a number; says how many percent are lost."""
import csv, os, sys

source, target = sys.argv[1:]
os.makedirs(os.path.dirname(target), exist_ok=True)
with open(source, newline='') as file:
    head, *rows = list(csv.reader(file))
good = [row for row in rows if row[2].isdigit()]
with open(target, 'w', newline='') as file:
    csv.writer(file, lineterminator='\n').writerows([head, *good])
with open(os.path.join(os.path.dirname(target), 'dropped-percent.txt'), 'w') as file:
    file.write(f'{round(100 * (len(rows) - len(good)) / len(rows))}\n')
