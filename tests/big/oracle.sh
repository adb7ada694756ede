#!/bin/bash
# Random models against TFLite Micro and LiteRT; BIGCHECK_FLAGS are bigcheck.py's.
if [ -z "$PYTHON" ]; then
	echo "skip oracle: no Python environment"
elif "$PYTHON" "$SRC/tests/oracle/bigcheck.py" --mcompile "$MCOMPILE" --cc "$CC" \
	--keep "$BUILD/failed" $BIGCHECK_FLAGS; then
	echo "ok oracle"
else
	echo "FAIL oracle"
fi
