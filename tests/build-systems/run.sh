#!/bin/bash
# What `make install` leaves serves CMake, Make, Meson and pkg-config, wherever it is moved: the samples
# are built as a user would, rebuilt when the model changes, and not when nothing does.
here=$SRC/tests/build-systems
built=$MCOMPILE # what is installed is found without help
unset MCOMPILE
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS LDFLAGS DESTDIR PKG_CONFIG_PATH CMAKE_PREFIX_PATH
cd "$BUILD" || exit 1
case $built in
*/sanitize/mcompile)
	echo "skip build-systems: what is installed is the plain build"
	exit ;;
esac
have () { command -v "$1" >/dev/null; }
say () { # name, status; what was printed last is in the file `log`
	if [ "$2" = 0 ]; then echo "ok build-systems/$1"; else sed 's/^/  /' "$BUILD/log"; echo "FAIL build-systems/$1"; fi
}

# ---- installed in one place, moved to another
stage=$BUILD/stage prefix=$BUILD/moved/elsewhere
make -C "$(dirname "$built")" install prefix=/opt/some DESTDIR="$stage" >log 2>&1 &&
	[ "$("$stage/opt/some/bin/mcompile" --version)" = "mcompile $(cat "$SRC/VERSION")" ] &&
	[ -s "$stage/opt/some/share/man/man1/mcompile.1" ] &&
	! grep -rlE '@[a-z]+@' "$stage/opt/some/share/mcompile/mcompile.mk" "$stage/opt/some/lib" >>log &&
	! grep -rl /opt/some "$stage" >>log
say install $?
cp -r "$stage" copy
make -C "$(dirname "$built")" uninstall prefix=/opt/some DESTDIR="$BUILD/copy" >log 2>&1 &&
	[ "$(cd copy/opt/some && find . -type f -o -name '*mcompile*' -o -name 'runtime-min*')" = '' ]
say uninstall $?
mkdir moved && mv "$stage/opt/some" "$prefix" || exit 1
cp "$here/runtime.c" .

# Of other folders, not all below one: names are absolute where they have to be.
outside="prefix=/opt/some bindir=/opt/bin libdir=/opt/some/lib/x86 DESTDIR=$BUILD/outside"
make -C "$(dirname "$built")" install $outside >log 2>&1 &&
	grep -q '^MCOMPILE ?= $(abspath /opt/bin/mcompile)$' outside/opt/some/share/mcompile/mcompile.mk &&
	grep -qx 'mcompile=/opt/bin/mcompile' outside/opt/some/lib/x86/pkgconfig/runtime-min.pc &&
	grep -qxF 'prefix=${pcfiledir}/../../..' outside/opt/some/lib/x86/pkgconfig/runtime-min.pc &&
	grep -qF '"bindir:/opt/bin" "libdir:lib/x86"' outside/opt/some/lib/x86/cmake/mcompile/mcompileConfig.cmake
say install-outside $?
rm -rf outside copy

# The bytes of a weight, which is where the .mir says that the model has its constants.
weight_at=$("$built" --stop infer --dump infer "$SRC/samples/digits/digits.tflite" |
	sed -n 's/.* data "digits.tflite" + \([0-9]*\).*/\1/p' | head -n 1)

# A sample in a folder with the model beside it, both of which the user may write.
sample () { # its name, the folder
	mkdir -p "$2" && cp -r "$SRC/samples/$1" "$2" && mkdir "$2/digits" "$2/parts" &&
		cp "$SRC/samples/digits/digits.tflite" "$2/digits" &&
		cp "$SRC/samples/parts/recognise.c" "$2/parts" && cd "$2/$1"
}
made () { # files newer than the stamp
	find "$1" -newer "$BUILD/stamp" -type f \( -name '*.o' -o -name 'digits.[ch]' -o -name recognise \) |
		sed 's|.*/||' | sort | tr '\n' ' '
}
seven () { grep -qx 'The network says 7.'; }

# Builds and runs it; again; with a touched and with a changed model; with an arena too small.
walk () { # name, folder of the build, its command, that of the same with another arena
	local name=$1 folder=$2 build=$3 smaller=$4
	eval "$build" >"$BUILD/log" 2>&1 && "$folder/recognise" | seven
	say "$name/builds" $?
	touch "$BUILD/stamp" && sleep 0.02 && eval "$build" >"$BUILD/log" 2>&1
	[ $? = 0 ] && [ "$(made "$folder")" = '' ]
	say "$name/builds-nothing-again" $?
	touch ../digits/digits.tflite && eval "$build" >"$BUILD/log" 2>&1
	made "$folder" >>"$BUILD/log"
	case " $(made "$folder")" in *' digits.c '*recognise*) true ;; *) false ;; esac && "$folder/recognise" | seven
	say "$name/touched-model" $?
	touch "$BUILD/stamp" && sleep 0.02 && touch "$prefix/bin/mcompile" && eval "$build" >"$BUILD/log" 2>&1
	case " $(made "$folder")" in *' digits.c '*recognise*) true ;; *) false ;; esac
	say "$name/newer-compiler" $?
	c=$(find "$folder" -name digits.c) && cp "$c" "$BUILD/before.c" && sleep 0.02 &&
		printf '\1\2\3\4' | dd of=../digits/digits.tflite bs=1 seek="$weight_at" conv=notrunc 2>/dev/null &&
		eval "$build" >"$BUILD/log" 2>&1 && ! cmp -s "$c" "$BUILD/before.c" &&
		[ "$("$built" --arena 3000 -o "$BUILD" ../digits/digits.tflite &&
			cmp "$BUILD/digits.c" "$c" && echo same)" = same ]
	say "$name/changed-model" $?
	! eval "$smaller" >"$BUILD/log" 2>&1 &&
		grep -q 'error: the work area needs at least [0-9]* bytes, --arena has 100$' "$BUILD/log"
	say "$name/arena-too-small" $?
}

# ---- CMake, with each generator
export CMAKE_PREFIX_PATH=$prefix
cmake_walk () { # generator, its program
	local name=cmake-$2
	have "$2" || { echo "skip build-systems/$name: no $2"; return; }
	(sample cmake "$BUILD/$name" && cmake -G "$1" -S . -B b >"$BUILD/log" 2>&1 &&
		walk "$name" b 'cmake --build b' 'cmake -DMODEL_ARENA=100 b && cmake --build b')
}
cmake_fails () { # part of the message, arguments of mcompile_add_model
	printf '%s\n' 'cmake_minimum_required(VERSION 3.20)' 'project(p C)' 'find_package(mcompile REQUIRED)' \
		"mcompile_add_model($2)" >wrong/CMakeLists.txt
	cmake -S wrong -B wrong/b >log 2>&1 && { echo "  accepted: $2"; return 1; }
	tr '\n' ' ' <log | tr -s ' ' | grep -qF "$1" || { echo "  no '$1'"; return 1; }
}
if have cmake; then
	cmake_walk 'Unix Makefiles' make
	cmake_walk Ninja ninja
	# All arguments, two models in one program, weights in a file, the library beside.
	mkdir all wrong && cp "$here/CMakeLists.txt" "$here/both.c" runtime.c \
		"$SRC/samples/digits/digits.tflite" all && cp "$SRC/samples/shapes/shapes.tflite" "all/My Shapes.v2.tflite" &&
		cmake -S all -B all/b >log 2>&1 && cmake --build all/b >log 2>&1 && all/b/runtime | grep -qx ok &&
		all/b/both | grep -qx 'both are right'
	say cmake-all $?
	cmake_fails 'no such target: z80; mcompile --target help lists them' 'm m.tflite TARGET z80' &&
		cmake_fails 'without a value: WITH' 'm m.tflite WITH' &&
		cmake_fails 'WEIGHTS auto: not c or bin' 'm m.tflite WEIGHTS auto' &&
		cmake_fails "does not give a name of 1 to 40" 'm m.tflite NAME ---' && for version in 0.2 1 0.0 99.1; do
			printf '%s\n' 'cmake_minimum_required(VERSION 3.20)' 'project(p C)' \
				"find_package(mcompile $version REQUIRED)" >wrong/CMakeLists.txt
			cmake -S wrong -B wrong/v >log 2>&1 && echo "  version $version" && break
		done | (! grep .)
	say cmake-refuses $?
	if have arm-none-eabi-gcc && have ninja; then
		(sample cmake "$BUILD/cross" && cp "$BUILD/runtime.c" . && printf '%s\n' 'add_executable(runtime runtime.c)' \
			'target_link_libraries(runtime PRIVATE mcompile::runtime-min)' >>CMakeLists.txt &&
			cmake -G Ninja -S . -B b -DCMAKE_TOOLCHAIN_FILE=cortex-m4.cmake -DMODEL_TARGET=cortex-m4 \
			>"$BUILD/log" 2>&1 && cmake --build b >"$BUILD/log" 2>&1 && grep -q 'smlad' <(arm-none-eabi-objdump -d b/recognise))
		say cmake-cortex-m4 $?
		# The toolchain says nothing about the processor: the model does.
		(cd cross/cmake && sed -i '/C_FLAGS_INIT/d' cortex-m4.cmake && cmake -G Ninja -S . -B c \
			-DCMAKE_TOOLCHAIN_FILE=cortex-m4.cmake -DMODEL_TARGET=cortex-m4 >"$BUILD/log" 2>&1 &&
			cmake --build c --target recognise >"$BUILD/log" 2>&1 &&
			grep -q 'smlad' <(arm-none-eabi-objdump -d c/recognise))
		say cmake-cortex-m4-plain $?
		machine=$SRC/machines/cortex-m
		if have qemu-system-arm; then
			arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -O2 -nostartfiles \
				-T "$machine/image.ld" -Wl,--gc-sections,--defsym=ROM_AT=0x40,--defsym=ROM_BYTES=0x3fffc0 \
				-Wl,--defsym=RAM_AT=0x20000000,--defsym=RAM_BYTES=4M,--defsym=STACK_BYTES=64K \
				-Icross/cmake/b/mcompile/digits cross/parts/recognise.c cross/cmake/b/libdigits.a \
				"$machine/start.c" "$machine/files.c" -o seven.elf >log 2>&1 &&
				qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none -semihosting \
				-kernel seven.elf </dev/null 2>>log | seven
			say cmake-cortex-m4-runs $?
		else
			echo "skip build-systems/cmake-cortex-m4-runs: no qemu-system-arm"
		fi
	else
		echo "skip build-systems/cmake-cortex-m4: no arm-none-eabi-gcc or no ninja"
	fi
else
	echo "skip build-systems/cmake: no cmake"
fi

# ---- pkg-config and Make
if have pkg-config; then
	export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
	$CC -std=c11 $(pkg-config --cflags runtime-min) runtime.c $(pkg-config --static --libs runtime-min) \
		-o runtime >log 2>&1 && ./runtime | grep -qx ok &&
		[ "$("$(pkg-config --variable=mcompile runtime-min)" --version)" = "mcompile $(cat "$SRC/VERSION")" ] &&
		$CC -std=c11 -D_XOPEN_SOURCE=700 "-I$(pkg-config --variable=sources runtime-min)" runtime.c \
			"$(pkg-config --variable=sources runtime-min)"/mrt_status.c -o runtime-copied >>log 2>&1 &&
		./runtime-copied | grep -qx ok
	say pkg-config $?
	grep -lE '^[a-z].*\<mrt_[a-z0-9_]*\(' "$SRC"/runtime-min/*.h | xargs grep -L 'extern "C"' >log
	[ ! -s log ]
	say headers-for-c++ $?
	if have g++; then
		g++ -std=c++11 -Wall -Wextra -Werror $(pkg-config --cflags runtime-min) -x c++ runtime.c -x none \
			$(pkg-config --libs runtime-min) -o runtime-c++ >log 2>&1 && ./runtime-c++ | grep -qx ok
		say c++ $?
		for header in "$SRC"/runtime-min/*.h; do
			g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ "$header" || echo "$header"
		done >log 2>&1
		[ ! -s log ]
		say c++-headers $?
	fi
	(sample make "$BUILD/make-sample" && walk make . "make CC='$CC'" "make CC='$CC' MODEL_ARENA=100" &&
		make clean >/dev/null && ! ls ./*.o digits.* 2>/dev/null)
	(sample make "$BUILD/make-options" && make CC="$CC" >"$BUILD/log" 2>&1 && make -q CC="$CC" &&
		rm digits.h && make CC="$CC" >"$BUILD/log" 2>&1 && [ -s digits.h ] &&
		make CC="$CC" MODEL_ARENA=1500 >"$BUILD/log" 2>&1 && grep -q -- '--arena 1500' "$BUILD/log" &&
		sed -i 's/--arena/--weights bin --arena/' Makefile && make CC="$CC" >"$BUILD/log" 2>&1; ls digits.bin >/dev/null)
	say make-options $?
	(sample make "$BUILD/make-native" && make CC="$CC" MODEL_TARGET=native MODEL_ARENA=30000 >"$BUILD/log" 2>&1 &&
		./recognise | seven)
	say make-native $?
	if have arm-none-eabi-gcc; then
		(sample make "$BUILD/make-cross" && make CC=arm-none-eabi-gcc LDFLAGS=--specs=nosys.specs \
			MODEL_TARGET=cortex-m4 CFLAGS='-O2 -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16' \
			>"$BUILD/log" 2>&1 && grep -q 'smlad' <(arm-none-eabi-objdump -d recognise))
		say make-cortex-m4 $?
	fi
else
	echo "skip build-systems/pkg-config: no pkg-config"
fi

# ---- Meson
if have meson && have ninja; then
	(export PATH="$prefix/bin:$PATH" && sample meson "$BUILD/meson-sample" && meson setup b >"$BUILD/log" 2>&1 &&
		walk meson b 'ninja -C b' 'meson configure b -Dmodel_arena=100 && ninja -C b')
	(export PATH="$prefix/bin:$PATH" && cd meson-sample/meson && meson configure b -Dmodel_arena=30000 \
		-Dmodel_target=native && ninja -C b >"$BUILD/log" 2>&1 && b/recognise | seven)
	say meson-native $?
	if have arm-none-eabi-gcc; then
		(export PATH="$prefix/bin:$PATH" && sample meson "$BUILD/meson-cross" &&
			meson setup b --cross-file cortex-m4.ini -Dmodel_target=cortex-m4 >"$BUILD/log" 2>&1 &&
			ninja -C b >"$BUILD/log" 2>&1 && grep -q 'smlad' <(arm-none-eabi-objdump -d b/recognise))
		say meson-cortex-m4 $?
	fi
else
	echo "skip build-systems/meson: no meson or no ninja"
fi
