#!/bin/sh
# Golden cases: CASE.mir is compiled in this folder and what comes out is compared.
#
#   # args: --dump infer --stop infer     the first line of CASE.mir, if it needs arguments
#   CASE.out  standard output    CASE.err  standard error    CASE.c  the C file that is written
#
# An absent .out or .err stands for an empty one; without CASE.c the C file may be anything.
# Exit status 1 goes with an `error:` in CASE.err, else it is 0.
# run.sh --rewrite (make golden) writes them anew: .c only where there is one. A new case that
# wants its C begins with an empty CASE.c. Read the difference before you commit it.
cd "$SRC/tests/golden" || exit 1
rewrite=$1
mkdir -p "$BUILD"
if ! [ -x "$MCOMPILE" ]; then
	echo "skip golden: no compiler at $MCOMPILE"
	exit 0
fi

# CASE.KIND against what was made; with --rewrite, made so.
same () { # expected file, made file
	if [ "$rewrite" = --rewrite ]; then
		if [ -s "$2" ]; then
			cmp -s "$2" "$1" || { cp "$2" "$1" && echo "wrote $1"; }
		elif [ -e "$1" ]; then
			rm "$1" && echo "removed $1"
		fi
		return 0
	fi
	[ -e "$1" ] && wanted=$1 || wanted=/dev/null
	cmp -s "$wanted" "$2" && return 0
	diff -u "$wanted" "$2" | head -40
	return 1
}

run_case () { # the name
	made=$BUILD/$1
	rm -rf "$made"
	mkdir -p "$made"
	args=$(sed -n '1s/^# args: *//p' "$1.mir")
	# Arguments are words, and mean no files.
	set -f
	"$MCOMPILE" -o "$made" $args "$1.mir" >"$made/out" 2>"$made/err"
	status=$?
	set +f
	good=yes
	same "$1.out" "$made/out" || good=no
	same "$1.err" "$made/err" || good=no
	if [ -e "$1.c" ]; then
		cat "$made"/*.c >"$made/c" 2>/dev/null
		same "$1.c" "$made/c" || good=no
	fi
	grep -q 'error: ' "$made/err" && wanted_status=1 || wanted_status=0
	if [ $status != $wanted_status ]; then
		echo "exit status $status, not $wanted_status"
		good=no
	fi
	[ $good = yes ] && echo "ok golden/$1" || echo "FAIL golden/$1"
}

for file in *.mir; do
	run_case "${file%.mir}"
done
