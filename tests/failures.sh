#!/bin/bash
# Whatever allocation or write fails: one clear line, exit 1, and no half-written output.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
model=samples/digits/digits.tflite
if ! gcc -shared -fPIC -O1 tests/fail_nth.c -o "$work/fail.so" -ldl 2>"$work/log"; then
	echo "skip failures: cannot build what is preloaded"
	exit
fi

# Runs mcompile with the nth call of a kind failing; 0 once all of them succeed.
attempt () { # kind, n, model, what it says
	rm -rf "$work/out" && mkdir "$work/out"
	LD_PRELOAD=$work/fail.so FAIL_KIND=$1 FAIL_NTH=$2 "$MCOMPILE" --selftest --report "$work/out/r.json" \
		-o "$work/out" "$3" >"$work/said" 2>&1
}

check () { # kind, model, step
	n=1 bad=0 tried=0
	while :; do
		attempt "$1" $n "$2"
		status=$?
		[ $status != 0 ] || break
		tried=$((tried + 1))
		[ $status = 1 ] || { echo "  $1 $n: exit $status"; bad=1; }
		[ "$(wc -l <"$work/said")" = 1 ] || { echo "  $1 $n said:"; head -n 3 "$work/said"; bad=1; }
		# All files or none: a rename that fails may leave those that were renamed before it.
		for made in "$work"/out/*; do
			case "$made" in
			*/\*) ;;
			*.c|*.h|*.json) cmp -s "$made" "$work/whole/$(basename "$made")" || { echo "  $1 $n: $made"; bad=1; } ;;
			*) echo "  $1 $n left $made"; bad=1 ;;
			esac
		done
		[ $bad = 0 ] || break
		n=$((n + 1 + n / $3))
	done
	if [ $bad = 0 ] && [ $tried -gt 0 ]; then
		echo "ok failures/$1/$(basename "$2") ($tried tried)"
	else
		echo "FAIL failures/$1/$(basename "$2") ($tried tried)"
	fi
}

mkdir "$work/whole"
"$MCOMPILE" --stop infer --dump infer $model >"$work/digits.mir"
for file in $model "$work/digits.mir"; do
	cp samples/digits/digits.tflite "$work" # where the text's weights lie
	"$MCOMPILE" --selftest --report "$work/whole/r.json" -o "$work/whole" "$file" || exit 1
	check write "$file" 1000
	check alloc "$file" 16
done
