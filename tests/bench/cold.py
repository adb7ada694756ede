# One inference of a contender in a process of its own, for its cold start.
"""cold.py KIND MODEL INPUT...: prints a byte when the first result is there, then on standard
error the seconds since the package was imported."""
import sys
import time

import contenders


def main():
    kind, model, *files = sys.argv[1:]
    contender = contenders.KINDS[kind]
    contender.load_package()
    start = time.perf_counter()
    program = contender(model)
    program.set_inputs([open(file, "rb").read() for file in files])
    program.call()
    program.outputs()
    seconds = time.perf_counter() - start
    sys.stdout.write("1")
    sys.stdout.flush()
    sys.stderr.write(f"seconds {seconds}\n")


main()
