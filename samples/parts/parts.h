/* What the programs for machines without a C library share: each .c beside it is a part. */
#ifndef PARTS_H
#define PARTS_H

#include <stddef.h>
#include <stdint.h>

/* ---- say.c: text and numbers, by say_char(), which the program has */
void say_char(char c);
void say(const char *text);
void say_number(long number, int width);  /* to the right, in so many columns */
void say_tenths(float number, int width); /* 42.5 */

/* What was measured beside what mcompile's report promises, of promise.h; 1: within. `apart`: bytes
 * of the work area's type for what lies elsewhere: a pointer to the weights, with --weights bin. */
int say_ram(size_t work, size_t stack, size_t apart);

/* ---- stack.c: how deep the stack gets, by painting it */
void stack_paint(char *low); /* from there up to the caller's frame */
size_t stack_paint_left(const char *low);
char *stack_below(size_t bytes); /* where `low` is, with room for so many */

/* Bytes that call() writes below its caller's frame; `low` is where the stack may end. */
size_t stack_of(void (*call)(void), char *low);

/* ---- digits.c, vww.c: a network with its inputs and answers */
extern const char network_name[];
extern const int network_inputs;
void *network_work(void);        /* a model_work */
size_t network_work_bytes(void); /* RAM that it takes, the stack apart */
size_t network_alignment(void);  /* of that */
void network_fill(int index);    /* before each run */
void network_run(void);
int network_show(int index); /* says the answer; 1: it is the reference's */
int network_right(int index);

#endif
