#!/bin/bash
# samples/thermal: an hour of its heat wave, in which it steps down and comes back; each image's
# scores are those of the network compiled alone; and fewer are missed than without a policy.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
unset MAKEFLAGS MAKELEVEL # of the make that may have started this
warnings="-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"

say () { # name, status
	if [ "$2" = 0 ]; then echo "ok stream/$1"; else sed 's/^/  /' "$BUILD/log"; echo "FAIL stream/$1"; fi
}

make -C samples/thermal B="$BUILD" MCOMPILE="$MCOMPILE" CC="$CC" CFLAGS="$warnings" "$BUILD/thermal" \
	>"$BUILD/log" 2>&1
say builds $?
"$BUILD/thermal" --fast --log "$BUILD/answers" >"$BUILD/log" 2>&1 && cp "$BUILD/log" "$BUILD/wave"
say runs $?

# The share in % of the time between two minutes that a network runs, by the lines of changes.
share () { # network, from, to
	awk -v network="$1" -v from="$(($2 * 60))" -v to="$(($3 * 60))" '
		$1 ~ /^[0-9]+:[0-9][0-9]$/ {
			split($1, clock, ":")
			now = 60 * clock[1] + clock[2]
			start = before > from ? before : from
			end = now < to ? now : to
			if (last == network && end > start) sum += end - start
			before = now
			last = $7
		}
		END { print int(100 * sum / (to - from)) }' "$BUILD/wave"
}
echo "  large: $(share large 5 18) % before the wave, $(share large 26 38) % in it, $(share large 46 60) % after"
[ "$(share large 5 18)" -ge 95 ] && [ "$(share small 26 38)" -ge 60 ] && [ "$(share large 46 60)" -ge 95 ]
say steps-down-and-comes-back $?
grep -Eq 'Stepped down [1-9][0-9]* times, came back [1-9][0-9]* times' "$BUILD/wave"
say says-so $?

missed () { sed -n 's/.* \([0-9]*\) missed (.*/\1/p' "$1"; }
"$BUILD/thermal" --fast --always-fast >"$BUILD/fast" 2>&1 &&
	[ "$(missed "$BUILD/wave")" -lt "$(($(missed "$BUILD/fast") / 10))" ]
say "misses-fewer ($(missed "$BUILD/wave") of 18000; without the policy $(missed "$BUILD/fast"))" $?
"$BUILD/thermal" --fast --always-eco >"$BUILD/eco" 2>&1
rights () { sed -n 's/.*; \([0-9]*\)\.\([0-9][0-9]\) % of those.*/\1\2/p' "$1"; }
[ "$(rights "$BUILD/wave")" -gt "$(rights "$BUILD/eco")" ]
say "more-right ($(rights "$BUILD/wave") of 10000; the small one alone $(rights "$BUILD/eco"))" $?

# Each answer against the networks compiled alone.
"$MCOMPILE" --name plain_large -o "$BUILD" samples/digits/digits.tflite >"$BUILD/log" 2>&1 &&
	"$MCOMPILE" --name plain_small -o "$BUILD" samples/thermal/small.tflite >>"$BUILD/log" 2>&1 &&
	$CC $warnings -I"$BUILD" -o "$BUILD/check" tests/stream/check.c samples/show.c \
		"$BUILD/plain_large.c" "$BUILD/plain_small.c" >>"$BUILD/log" 2>&1 &&
	"$BUILD/check" "$BUILD/answers" $((18000 - $(missed "$BUILD/wave"))) 10 >>"$BUILD/log" 2>&1
say bits $?
sed '100s/-*[0-9]*$/7/' "$BUILD/answers" >"$BUILD/damaged"
! "$BUILD/check" "$BUILD/damaged" 1 10 >"$BUILD/log" 2>&1
say bits/notices $?

# The table's qualities are what is measured.
"$BUILD/thermal" --measure >"$BUILD/log" 2>&1 && awk '
	/right/ { measured = $6 + 0; given = $10 + 0; count += measured > given - 1e-4 && measured < given + 1e-4 }
	END { exit count != 2 }' "$BUILD/log"
say quality $?

# Other trees: none, one of a test's, which is too hot.
"$BUILD/thermal" --root "$BUILD/nowhere" --seconds 2 --rate 20 >"$BUILD/log" 2>&1 &&
	grep -q 'No thermal zone' "$BUILD/log" && grep -q 'hot  *small .*no temperature' "$BUILD/log"
say no-sensor $?
zone=$BUILD/tree/sys/class/thermal/thermal_zone0
mkdir -p "$zone"
echo x86_pkg_temp >"$zone/type"
echo 36500 >"$zone/temp"
"$BUILD/thermal" --root "$BUILD/tree" --zone x86_pkg_temp --seconds 2 --rate 20 >"$BUILD/log" 2>&1 &&
	grep -q "^ 0:02 .* 36.5 C " "$BUILD/log"
say a-tree $?
for wrong in --slow '--rate' '--rate 0' '--speed 2x' '--root / --fast'; do
	"$BUILD/thermal" $wrong >"$BUILD/log" 2>&1
	[ $? = 2 ] && grep -q usage "$BUILD/log" || { echo "  $wrong"; bad=1; }
done
[ -z "$bad" ]
say usage $?
