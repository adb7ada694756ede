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

passed=0
failed=0
skipped=0
scratch=$BUILD
log=$scratch/log
mkdir -p "$scratch" || exit 1

run_one () { # a test; its output in $log
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
	*) basename "$1" | sed 's/\.[a-z]*$//' ;;
	esac
}

count () { grep -c "^$1 " "$log"; }

limit=${TEST_SECONDS:-1800}
for test do
	name=$(name_of "$test")
	BUILD=$scratch/$name
	export BUILD
	rm -rf "$BUILD"
	mkdir -p "$BUILD"
	printf '== %s\n' "$name"
	{ run_one "$test" </dev/null 2>&1; echo "exit $?"; } | tee "$log" | grep -v '^exit [0-9]*$'
	status=$(sed -n '$s/^exit //p' "$log")
	if [ "$status" != 0 ] && [ "$(count FAIL)" = 0 ]; then
		echo "FAIL $name: exit status $status" | tee -a "$log"
	elif [ "$(($(count ok) + $(count FAIL) + $(count skip)))" = 0 ]; then
		echo "FAIL $name: checked nothing" | tee -a "$log"
	fi
	passed=$((passed + $(count ok)))
	failed=$((failed + $(count FAIL)))
	skipped=$((skipped + $(count skip)))
done

summary="$passed passed, $failed failed"
[ $skipped = 0 ] || summary="$summary, $skipped skipped"
echo "$summary"
[ $failed = 0 ] && [ $passed -gt 0 ]
