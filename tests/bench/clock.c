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
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of a call, the mean of `count`. */
double
time_program(Program *run, void *work, const void *const *in, void *const *out, int count)
{
	double start = seconds();

	for (int i = 0; i < count; i++)
		run(work, in, out);
	return (seconds() - start) / count;
}

/* The same; below zero if it raises. */
double
time_callable(void *callable, int count)
{
	double start = seconds();

	for (int i = 0; i < count; i++) {
		void *result = PyObject_CallNoArgs(callable);
		if (!result)
			return -1;
		Py_DecRef(result);
	}
	return (seconds() - start) / count;
}

/* Seconds until the program has written its first byte; below zero if it writes none. */
double
time_process(char *const argv[])
{
	int pipes[2], status, end;
	char byte;
	pid_t child;
	posix_spawn_file_actions_t actions;
	double start = seconds(), until;

	if (pipe(pipes) || posix_spawn_file_actions_init(&actions))
		return -1;
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclose(&actions, pipes[0]);
	posix_spawn_file_actions_addclose(&actions, pipes[1]);
	status = posix_spawnp(&child, argv[0], &actions, 0, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	end = !status && read(pipes[0], &byte, 1) == 1;
	until = seconds();
	close(pipes[0]);
	if (!status && waitpid(child, &status, 0) != child)
		return -1;
	return end && !status ? until - start : -1;
}
