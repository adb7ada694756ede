/* clock.c: one clock for generated code, for Python's callables and for whole processes. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* Of Python's stable interface, so that its headers need not be there. */
void *PyObject_CallNoArgs(void *callable);
void Py_DecRef(void *object);

typedef void Program(void *work, const void *const *in, void *const *out);

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Of a call, the mean of `count`: seconds that passed, and those that this thread had a CPU. */
typedef struct {
	double passed, used;
} Times;

static Times
begin(void)
{
	return (Times){ seconds(CLOCK_MONOTONIC), seconds(CLOCK_THREAD_CPUTIME_ID) };
}

static Times
end(Times start, int count)
{
	double used = seconds(CLOCK_THREAD_CPUTIME_ID), passed = seconds(CLOCK_MONOTONIC);

	return (Times){ (passed - start.passed) / count, (used - start.used) / count };
}

Times
time_program(Program *run, void *work, const void *const *in, void *const *out, int count)
{
	Times start = begin();

	for (int i = 0; i < count; i++)
		run(work, in, out);
	return end(start, count);
}

/* The same; below zero if it raises. */
Times
time_callable(void *callable, int count)
{
	Times start = begin();

	for (int i = 0; i < count; i++) {
		void *result = PyObject_CallNoArgs(callable);
		if (!result)
			return (Times){ -1, -1 };
		Py_DecRef(result);
	}
	return end(start, count);
}

/* Seconds until the program has written its first byte; below zero if it writes none. */
double
time_process(char *const argv[])
{
	int pipes[2], status, written;
	char byte;
	pid_t child;
	posix_spawn_file_actions_t actions;
	double start = seconds(CLOCK_MONOTONIC), until;

	if (pipe(pipes) || posix_spawn_file_actions_init(&actions))
		return -1;
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclose(&actions, pipes[0]);
	posix_spawn_file_actions_addclose(&actions, pipes[1]);
	status = posix_spawnp(&child, argv[0], &actions, 0, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	written = !status && read(pipes[0], &byte, 1) == 1;
	until = seconds(CLOCK_MONOTONIC);
	close(pipes[0]);
	if (!status && waitpid(child, &status, 0) != child)
		return -1;
	return written && !status ? until - start : -1;
}
