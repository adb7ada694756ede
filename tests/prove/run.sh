#!/bin/sh
# The constants that prove() finds, tried by a checker that shares nothing with it.
[ -n "$PYTHON" ] || { echo "skip prove: no Python environment"; exit 0; }
models=$(ls "$SRC"/samples/*/*.tflite "$SHARED"/models/*.tflite 2>/dev/null)
# shellcheck disable=SC2086
"$PYTHON" "$SRC/tests/prove/check.py" "$MCOMPILE" "$BUILD" $models || echo "FAIL prove"
