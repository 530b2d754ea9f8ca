# The check of agent.fabro.
grep -qx 42 answer.txt || { echo "answer.txt must say 42" >&2; exit 1; }
