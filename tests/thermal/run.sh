#!/bin/bash
# The thermal policy in the simulator: one hour of each world with few seeds; `make thermal` does
# it with many, and draws. What is wanted but not reached is a skip that says MISSED.
${CC:-cc} -std=c11 -D_XOPEN_SOURCE=700 -O2 -Wall -Wextra -Wpedantic -Wshadow -o "$BUILD/thermal" \
	"$SRC"/tests/thermal/*.c "$SRC/runtime-min/mrt_heat.c" -lm || exit 1
"$BUILD/thermal" -s "${THERMAL_SEEDS:-1}" ${THERMAL_PLOTS:+-o "$THERMAL_PLOTS"} |
	sed 's/^MISSED \(thermal\/[a-z-]*\):/skip \1: MISSED/'
exit "${PIPESTATUS[0]}"
