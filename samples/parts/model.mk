# From a model to C, and what mcompile promises of it, for the program to compare with what it takes.
# B is where all goes, TARGET and MODEL what is compiled, OPTIONS how.

MODEL = ../digits/digits.tflite
MCOMPILE = mcompile
OPTIONS =
PARTS = ../parts
RUNTIME = ../../runtime-min

$(B)/model.c: $(MODEL)
	mkdir -p $(B)
	$(MCOMPILE) --target $(TARGET) $(OPTIONS) --name model --report $(B)/model.json \
		-o $(B) $(MODEL)

$(B)/promise.h: $(B)/model.c
	sed -n -e 's/.*"work_bytes":[^0-9]*\([0-9]*\).*/#define PROMISED_WORK \1/p' \
		-e 's/.*"stack_bytes":[^0-9]*\([0-9]*\).*/#define PROMISED_STACK \1/p' \
		$(B)/model.json >$@

$(B)/%.o: %.c $(B)/promise.h
	$(CC) $(CFLAGS) -c $< -o $@

clean:
	rm -rf build

.PHONY: run clean
