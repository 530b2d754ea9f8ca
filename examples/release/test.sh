# The tests of the thing that is released.
set -e
test "$(bash greet.sh Ada)" = "hello, Ada"
