#!/bin/bash
# That `make bench` measures what it says: the samples, few runs; every output is checked there.
models () {
"$BENCH_PYTHON" "$SRC/tests/bench/bench.py" --runs 3 -o "$BUILD" "$SRC"/samples/*/*.tflite \
	>"$BUILD/log" 2>&1 || { tail -n 20 "$BUILD/log"; echo 'FAIL bench/samples'; return; }
"$BENCH_PYTHON" - "$BUILD/bench.json" <<'END' && echo 'ok bench/samples' || echo 'FAIL bench/samples'
import json
import sys
results = json.load(open(sys.argv[1]))
assert [r["model"] for r in results] == ["digits", "shapes"], results
for r in results:
    assert {"c", "LiteRT XNNPACK", "LiteRT built-in", "ONNX Runtime"} <= set(r["times"]), r["notes"]
    for t in r["times"].values():
        assert t["runs"] == 3 and 0 < t["least_us"] <= t["median_us"] <= t["p99_us"], t
    assert all(c["process"] > 0 for c in r["cold"].values())
END
test -s "$BUILD/bench.png" && echo 'ok bench/plot' || echo 'FAIL bench/plot'
}

if [ -n "$BENCH_PYTHON" ]; then
	models
else
	echo "skip bench/samples: no Python environment of 'make bench'"
fi

# Layers: the peak must be reached, and each layer be timed.
if [ "$(uname -m)" != x86_64 ] || ! grep -q avx2 /proc/cpuinfo; then
	echo 'skip bench/layers: no x86-64 with AVX2'
	exit
fi
python3 "$SRC/tests/bench/layers.py" --target x86-avx2 "$SRC/samples/digits/digits.tflite" \
	>"$BUILD/layers" 2>&1 || {
	cat "$BUILD/layers"
	grep -q 'the peak was not reached' "$BUILD/layers" &&
		echo 'skip bench/layers: a neighbour took the peak' || echo 'FAIL bench/layers'
	exit
}
awk '$2 ~ /avx2\// { layers++; if ($(NF - 5) <= 0 || $(NF - 3) > 110) bad = 1 }
	END { exit layers < 3 || bad }' "$BUILD/layers" &&
	echo 'ok bench/layers' || { cat "$BUILD/layers"; echo 'FAIL bench/layers'; }
