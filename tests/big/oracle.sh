#!/bin/bash
# Random models against TFLite Micro and LiteRT; BIGCHECK_FLAGS are bigcheck.py's.
if [ -z "$PYTHON" ]; then
	echo "skip oracle: no Python environment"
	exit
fi

compare () { # target, flags of bigcheck.py
	local target=$1
	shift
	if "$PYTHON" "$SRC/tests/oracle/bigcheck.py" --mcompile "$MCOMPILE" --cc "$CC" \
		--target $target --keep "$BUILD/failed.$target" "$@" $BIGCHECK_FLAGS; then
		echo "ok oracle $target"
	else
		echo "FAIL oracle $target"
	fi
}

compare c
if grep -qw avx2 /proc/cpuinfo 2>/dev/null; then
	compare x86-avx2 --first 7000 --count 1500 \
		--cflags "-O1 -w -std=c11 -ffp-contract=off -mavx2 -mfma"
else
	echo "skip oracle x86-avx2: this machine has no AVX2"
fi
