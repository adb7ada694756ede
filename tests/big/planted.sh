#!/bin/bash
# A bug planted in one kernel (tests/oracle/planted.patch) is found within 500 random models.
if [ -z "$PYTHON" ]; then
	echo "skip planted: no Python environment"
	exit
fi
command=$(sed -n '1s/^# //p' "$(dirname "$MCOMPILE")/config.mak")
eval "set -- $command"
shift
unset MAKEFLAGS MFLAGS MAKELEVEL
mkdir "$BUILD/source" "$BUILD/build" &&
	(cd "$SRC" && tar cf - --exclude=./.git --exclude=./obj --exclude=./check .) |
		tar xf - -C "$BUILD/source" &&
	rm -f "$BUILD/source/Makefile" "$BUILD/source/config.mak" &&
	patch -s -p1 -d "$BUILD/source" <"$SRC/tests/oracle/planted.patch" &&
	cd "$BUILD/build" || exit 1
for word do # as configured, but without installing again
	shift
	case $word in
	--install-deps) ;;
	*) set -- "$@" "$word" ;;
	esac
done
../source/configure "$@" >configure.out 2>&1 && make -s mcompile >make.out 2>&1 || {
	tail -20 configure.out make.out
	exit 1
}
find_bug () { # compiler
	"$PYTHON" "$SRC/tests/oracle/bigcheck.py" --mcompile "$1" --cc "$CC" --semantics tflm \
		--count 500 --stop-after 1 --keep "$BUILD/failed" >bigcheck.out
}
if find_bug ./mcompile; then
	tail -1 bigcheck.out
	echo "FAIL planted: 500 models did not find the bug"
elif grep -q '^FAIL tflm.*AVERAGE_POOL_2D:int8' bigcheck.out && grep -q '^     run' bigcheck.out; then
	tail -3 bigcheck.out | sed 's/^/  /' # no FAIL of this test
	echo "ok planted"
else
	tail -20 bigcheck.out
	echo "FAIL planted: something else is wrong"
fi
