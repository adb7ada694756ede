#!/bin/sh
# Runs tests and sums up in one closing line, `N passed, N failed[, N skipped]`.
#
# A test is a script that prints `ok NAME`, `FAIL NAME` or `skip NAME: why` for each
# thing it checks, whatever else it prints; or the Criterion program `unit`; or the word
# skip:NAME:why. It fails as a whole when it exits non-zero without a FAIL line, says none of
# the three, or takes longer than TEST_SECONDS. It finds in its environment:
#   MCOMPILE  the compiler         SRC     the source folder   BUILD  a folder of its own
#   CC        the C compiler       PYTHON  of the tests' environment, empty without it
#   SHARED    the folder ../shared with models and recorded results, empty without it
# As many run at once as there are processors (TEST_JOBS); each one's output stands together.

scratch=$BUILD
mkdir -p "$scratch" || exit 1

run_one () { # a test
	case "$1" in
	skip:*) echo "$1" | sed 's/^skip:\([^:]*\):/skip \1: /' ;;
	*.sh) timeout "$limit" bash "$1" ;;
	*)
		timeout "$limit" "$1" --tap >"$BUILD/tap" 2>&1
		code=$?
		sed -e 's/^ok - /ok /' -e 's/^not ok - /FAIL /' -e 's/^ok \(.*\) # SKIP/skip \1:/' "$BUILD/tap"
		return $code ;;
	esac
}

name_of () { # tests/golden/run.sh is golden, tests/layering.sh layering
	case "$1" in
	*/run.sh) basename "$(dirname "$1")" ;;
	skip:*) echo "$1" | cut -d : -f 2 ;;
	*) basename "$1" | sed 's/\.[a-z]*$//' ;;
	esac
}

count () { grep -ac "^$1 " "$2"; }

# With --one: a test of many that run at once. Its output goes to $scratch/NAME.log, then out.
limit=${TEST_SECONDS:-1800}
if [ "$1" = --one ]; then
	name=$(name_of "$2")
	log=$scratch/$name.log
	BUILD=$scratch/$name
	export BUILD
	rm -rf "$BUILD"
	mkdir -p "$BUILD"
	printf '== %s\n' "$name" >"$log"
	run_one "$2" </dev/null >>"$log" 2>&1
	status=$?
	if [ "$status" != 0 ] && [ "$(count FAIL "$log")" = 0 ]; then
		echo "FAIL $name: exit status $status" >>"$log"
	elif [ "$(($(count ok "$log") + $(count FAIL "$log") + $(count skip "$log")))" = 0 ]; then
		echo "FAIL $name: checked nothing" >>"$log"
	fi
	until mkdir "$scratch/printing" 2>/dev/null; do sleep 0.1; done
	cat "$log"
	rmdir "$scratch/printing"
	exit 0
fi

rm -rf "$scratch"/*.log "$scratch/printing"
jobs=${TEST_JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
for test do
	printf '%s\0' "$test"
done | xargs -0 -n 1 -P "$jobs" sh "$0" --one

passed=0
failed=0
skipped=0
for test do
	log=$scratch/$(name_of "$test").log
	[ -f "$log" ] || { echo "FAIL $test: did not run"; failed=$((failed + 1)); continue; }
	passed=$((passed + $(count ok "$log")))
	failed=$((failed + $(count FAIL "$log")))
	skipped=$((skipped + $(count skip "$log")))
done

summary="$passed passed, $failed failed"
[ $skipped = 0 ] || summary="$summary, $skipped skipped"
echo "$summary"
[ $failed = 0 ] && [ $passed -gt 0 ]
