#!/bin/bash
# Random models against TFLite Micro and LiteRT; BIGCHECK_FLAGS are bigcheck.py's.  Each model in
# an input mode and with an aim of its own, rows that nobody wants any more poisoned.
if [ -z "$PYTHON" ]; then
	echo "skip oracle: no Python environment"
	exit
fi

compare () { # name, target, flags of bigcheck.py
	local name=$1 target=$2
	shift 2
	if "$PYTHON" "$SRC/tests/oracle/bigcheck.py" --mcompile "$MCOMPILE" --cc "$CC" \
		--target $target --keep "$BUILD/failed.$name" "$@" $BIGCHECK_FLAGS; then
		echo "ok oracle $name"
	else
		echo "FAIL oracle $name"
	fi
}

any_way="--input any --optimize any --poison"
compare c c $any_way
compare plain c --first 9000 --count 1000
if grep -qw avx2 /proc/cpuinfo 2>/dev/null; then
	compare x86-avx2 x86-avx2 --first 7000 --count 1500 $any_way \
		--cflags "-O1 -w -std=c11 -ffp-contract=off -mavx2 -mfma"
else
	echo "skip oracle x86-avx2: this machine has no AVX2"
fi
if grep -qw avx512_vnni /proc/cpuinfo 2>/dev/null; then
	compare x86-avx512vnni x86-avx512vnni --first 11000 --count 1000 $any_way \
		--cflags "-O1 -w -std=c11 -ffp-contract=off -mavx512bw -mavx512vl -mavx512vnni -mfma"
else
	echo "skip oracle x86-avx512vnni: this machine has no AVX512-VNNI"
fi
if grep -qw avx_vnni /proc/cpuinfo 2>/dev/null; then
	compare x86-avxvnni x86-avxvnni --first 13000 --count 500 $any_way \
		--cflags "-O1 -w -std=gnu11 -ffp-contract=off -mavxvnni -mavx2 -mfma"
else
	echo "skip oracle x86-avxvnni: this machine has no AVX-VNNI"
fi
case $(uname -m) in
x86_64) compare x86 x86 --first 14000 --count 500 $any_way ;;
*) echo "skip oracle x86: another machine" ;;
esac
