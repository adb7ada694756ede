#!/bin/sh
# Installs what the build and the tests need; configure --install-deps runs it.
# PREFIX: where the C grammar goes. VENV: the Python environment of the tests.
# Cheap when nothing is missing. Only the required part may fail the run.
# With the argument `bench` it makes the Python environment of `make bench` in VENV, nothing else.

root=$(cd "$(dirname "$0")/.." && pwd)
say () { printf 'install-deps: %s\n' "$*"; }
fail () { printf 'install-deps: %s\n' "$*" >&2; exit 1; }
have () { command -v "$1" >/dev/null 2>&1; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# Chromium, which draws the pages of --report in the tests, is too large to come uninvited.
required='clang make libc6-dev libtree-sitter-dev libcjson-dev python3-pip ca-certificates'
optional='gcc git clang-format llvm libcriterion-dev python3-venv valgrind
	qemu-user gcc-s390x-linux-gnu libc6-dev-s390x-cross
	gcc-arm-linux-gnueabihf libc6-dev-armhf-cross gcc-mingw-w64-x86-64
	gcc-aarch64-linux-gnu libc6-dev-arm64-cross
	gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib qemu-system-arm
	clang-19 lld-19 llvm-19 g++ cmake meson ninja-build pkg-config'

debian_version () { # prints Debian's major version; 99 for testing and unstable
	[ -r /etc/os-release ] || return 1
	(
		. /etc/os-release
		[ "$ID" = debian ] && echo "${VERSION_ID:-99}"
	)
}

as_root () {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif have sudo; then
		sudo "$@"
	else
		fail "needs root (and finds no sudo) for: $*"
	fi
}

lacking () { # those of the packages that are not installed
	for package do
		case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" in
		*' installed') ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

apt () { # quiet unless it fails
	as_root env DEBIAN_FRONTEND=noninteractive TZ=Etc/UTC apt-get -qq \
		-o Dpkg::Use-Pty=0 "$@" </dev/null >"$work/apt.log" 2>&1 && return
	tail -n 20 "$work/apt.log" >&2
	return 1
}

install_packages () {
	# The sanitizers' and libFuzzer's library has the version of the clang it serves.
	need=$(lacking $required)
	want=$(lacking $optional)
	have clang && want="$want$(lacking "$(runtime_package)")"
	if [ -z "$need$want" ]; then
		say 'all Debian packages are there'
		return
	fi
	apt update || say 'apt-get update failed; trying with the lists that are there'
	if [ -n "$need" ]; then
		say "installing $need"
		apt install --no-install-recommends $need || fail "apt-get could not install $need"
	fi
	want=$(lacking $optional "$(runtime_package)")
	[ -z "$want" ] || say "installing $want"
	if [ -n "$want" ] && ! apt install --no-install-recommends $want; then
		say 'that failed as a whole; trying them one by one'
		for package in $want; do
			apt install --no-install-recommends "$package" ||
				say "no $package; configure says what that disables"
		done
	fi
}

runtime_package () {
	echo 'libclang-rt-'"$(echo __clang_major__ | clang -E -P -x c -)"'-dev'
}

print_packages () {
	cat <<EOF
install-deps: this is not Debian 12 or later; install, by their names here:
  required: clang or gcc, GNU make, the C library's headers, tree-sitter (library and
            headers, any that reads ABI 14), cJSON, Python 3 with pip
  optional: git, clang-format, Criterion, Python's venv, valgrind, qemu-user, compilers for
            s390x-linux-gnu, arm-linux-gnueabihf, aarch64-linux-gnu, x86_64-w64-mingw32 and
            arm-none-eabi (with newlib and libstdc++), qemu-system-arm, clang 19 and lld 19 for
            Hexagon, llvm 19's tools, a C++ compiler, CMake, Meson, Ninja, pkg-config
On Debian they are called:
  $(echo $required $optional libclang-rt-dev)
EOF
}

# ---- the C grammar
# The release's parser.c in the Python source package is of ABI 15; Debian 12's library reads
# 14. The edit below takes out what 15 added and gives, to the byte, the ABI 14 parser.c that
# the same release publishes elsewhere, so its digest is known too.
grammar_version=0.23.6
grammar_object=tree-sitter-c-$grammar_version.o
grammar_digest=1d3b4a6ca8ebc7b0727857cc63a874118e0c04d353a4909b5c104e913fd69864
parser_digest=dfbb012d537e187b6c24e2e5be8d3b27912827ed348a4b4ef38730d0c8f5da20

fetch_grammar () { # into the current folder; pip itself refuses another digest
	echo "tree-sitter-c==$grammar_version --hash=sha256:$grammar_digest" >requirements.txt
	for python in /usr/bin/python3 python3; do
		for isolation in --no-build-isolation ''; do
			"$python" -m pip download -q --no-deps --no-binary :all: $isolation \
				--require-hashes -r requirements.txt >>pip.log 2>&1 && return
		done
	done
	cat pip.log >&2
	return 1
}

to_abi_14 () {
	sed -e '/^#define LANGUAGE_VERSION/s/15/14/' -e '/^#define SUPERTYPE_COUNT/s/7/0/' \
		-e '/^static const [A-Za-z]* ts_supertype_/,/^$/d' -e '/^    \.supertype_/d' \
		-e 's/TSLexerMode/TSLexMode/' -e '/^    \.name = "c",/,/^    },/d' "$@"
}

same_digest () { # digest file
	[ "$(sha256sum <"$2")" = "$1  -" ] || fail "$2 does not have the digest $1"
}

make_grammar () { # in a folder of its own
	fetch_grammar || fail "pip could not fetch tree-sitter-c $grammar_version"
	archive=tree_sitter_c-$grammar_version.tar.gz
	same_digest $grammar_digest $archive
	tar -xzf $archive || fail "cannot unpack $archive"
	to_abi_14 tree_sitter_c-$grammar_version/src/parser.c >parser.c
	same_digest $parser_digest parser.c
	# Our own parser's header serves; two of its names have changed since.
	${CC:-cc} -O2 -w -DTSMapSlice=TSFieldMapSlice -Dabi_version=version \
		-I"$root/frontend/mir/src" -c parser.c -o $grammar_object &&
		ar rcs libtree-sitter-c.a $grammar_object || fail 'cannot compile the C grammar'
}

install_grammar () {
	library=$PREFIX/lib/libtree-sitter-c.a
	if ar t "$library" 2>/dev/null | grep -qxF $grammar_object; then
		say "the C grammar is there: $library"
		return
	fi
	say "building the C grammar $grammar_version into $library"
	have "${CC:-cc}" || CC=clang
	(cd "$work" && make_grammar) || exit 1
	if mkdir -p "$PREFIX/lib" 2>/dev/null && [ -w "$PREFIX/lib" ]; then
		install -m 644 "$work/libtree-sitter-c.a" "$library"
	else
		as_root install -D -m 644 "$work/libtree-sitter-c.a" "$library"
	fi || fail "cannot write $library"
}

# ---- the Python environments
make_venv () { # whose, its requirements
	requirements=$root/$2
	[ -f "$requirements" ] || return 0
	if cmp -s "$requirements" "$VENV/mcompile-requirements.txt"; then
		say "the Python environment of $1 is there: $VENV"
		return
	fi
	say "making the Python environment of $1 in $VENV (this takes minutes)"
	for python in /usr/bin/python3 python3; do
		[ -x "$VENV/bin/pip" ] || "$python" -m venv "$VENV"
	done
	"$VENV/bin/python" -m pip install -q --disable-pip-version-check -r "$requirements" &&
		cp "$requirements" "$VENV/mcompile-requirements.txt"
}

if [ "$1" = bench ]; then
	make_venv "'make bench'" tests/bench/requirements.txt ||
		fail "no Python environment for 'make bench'"
	exit
fi
version=$(debian_version)
if [ "${version:-0}" -ge 12 ]; then
	install_packages
else
	print_packages
fi
install_grammar
make_venv 'the tests' tests/oracle/requirements.txt ||
	say "no Python environment: 'make bigcheck' and comparisons with TFLite are disabled"
