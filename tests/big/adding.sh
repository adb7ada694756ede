#!/bin/bash
# Follows docs/adding-an-operator.md in a copy of the sources: what it says to append is appended,
# the copy builds, keeps the rules, and the new operator has the references' bits.
page=$SRC/docs/adding-an-operator.md
copy=$BUILD/copy

result () { # name, status
	if [ "$2" = 0 ]; then echo "ok adding/$1"; else tail -n 20 "$BUILD/log"; echo "FAIL adding/$1"; fi
}

mkdir -p "$copy" || exit 1
(cd "$SRC" && tar -cf - --exclude=.git --exclude='./obj' --exclude='./sanitize' --exclude='./fuzz' .) |
	tar -xf - -C "$copy" || exit 1

# "New file `x`:" or "Append to `x`:", an empty line, and a block of code.
awk -v root="$copy/" '
	/^(New file|Append to) `[^`]*`:$/ { split($0, part, "`"); file = root part[2]; next }
	/^```/ && file != "" && !inside { inside = 1; next }
	/^```/ { if (inside) { close(file); file = ""; done++ } inside = 0; next }
	inside { print >>file }
	END { exit done < 8 }' "$page"
result page $?

cd "$copy" && rm -f Makefile config.mak && ./configure "CC=$CC" >"$BUILD/log" 2>&1 &&
	make >>"$BUILD/log" 2>&1
result builds $?

make obj/check-kernels >"$BUILD/log" 2>&1 && obj/check-kernels ref >>"$BUILD/log" 2>&1 &&
	grep -q '^ok ref/abs_s8' "$BUILD/log"
result kernels $?

if make obj/unit >"$BUILD/log" 2>&1 && [ -x obj/unit ]; then
	obj/unit --filter '@(templates|kernels)/*' >"$BUILD/log" 2>&1 &&
		! grep -q 'Tested: .*0.* | Passing: .*0' "$BUILD/log"
	result unit $?
else
	echo "skip adding/unit: no Criterion"
fi

if [ -n "$PYTHON" ]; then
	"$PYTHON" tests/oracle/bigcheck.py --mcompile ./mcompile --cc "$CC" --only ABS --count 100 \
		>"$BUILD/log" 2>&1
	result oracle $?
	# The row that the page shows is the row that its script prints.
	sed -n '/^PYTHONPATH=/,/^END$/p' "$page" | sed "s|python3|$PYTHON|" | bash >"$BUILD/row" 2>"$BUILD/log" &&
		[ -s "$BUILD/row" ] && tail -n 2 tests/unit/oracle_vectors.def | diff - "$BUILD/row" >>"$BUILD/log"
	result vector $?
else
	echo "skip adding/oracle: no Python environment"
fi
