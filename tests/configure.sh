#!/bin/bash
# configure's promises, and that gcc and clang build the compiler without a warning.

result () { # name, status
	if [ "$2" = 0 ]; then echo "ok configure/$1"; else echo "FAIL configure/$1"; fi
}

unset CC CFLAGS LDFLAGS
cd "$BUILD" || exit 1
! "$SRC/configure" --no-such-option >log 2>&1 && grep -q "'--no-such-option'" log &&
	[ ! -e config.mak ]
result unknown-option $?

build () { # compiler: out of tree, warnings are errors
	mkdir "$1" && cd "$1" || return 1
	"$SRC/configure" --enable-werror "CC=$1" CFLAGS=-O1 >log 2>&1 &&
		make >>log 2>&1 && make DESTDIR="$PWD/root" install >>log 2>&1
}

for compiler in gcc clang; do
	if ! command -v $compiler >/dev/null; then
		echo "skip configure/build-$compiler: no $compiler"
		continue
	fi
	(build $compiler) || grep -E 'error|warning|\*\*\*' $compiler/log | head -n 20
	[ "$(cd / && "$BUILD/$compiler/root/usr/local/bin/mcompile" --version)" != '' ]
	result build-$compiler $?
	head -n 1 $compiler/config.mak |
		grep -qxF "# $SRC/configure --enable-werror CC=$compiler CFLAGS=-O1"
	result command-$compiler $?
done

# The hosts' compilers make no difference to what ours writes.
model=$SRC/samples/digits/digits.tflite
if [ -x gcc/mcompile ] && [ -x clang/mcompile ]; then
	mkdir from-gcc from-clang &&
		gcc/mcompile -o from-gcc "$model" && clang/mcompile -o from-clang "$model" &&
		diff -r from-gcc from-clang && [ "$(ls from-gcc | wc -l)" -ge 2 ]
	result same-bytes $?
fi
