#!/bin/bash
# That `make bench` measures what it says: the samples, few runs; every output is checked there.
if [ -z "$BENCH_PYTHON" ]; then
	echo "skip bench: no Python environment of 'make bench'"
	exit
fi
"$BENCH_PYTHON" "$SRC/tests/bench/bench.py" --runs 3 -o "$BUILD" "$SRC"/samples/*/*.tflite \
	>"$BUILD/log" 2>&1 || { tail -n 20 "$BUILD/log"; echo 'FAIL bench/samples'; exit; }
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
