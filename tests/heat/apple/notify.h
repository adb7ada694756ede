/* As of Apple's <notify.h>: what mrt_heat_apple.c calls. Its stand-in is apple.c. */
#include <stdint.h>

#define NOTIFY_STATUS_OK 0

uint32_t notify_register_check(const char *name, int *token);
uint32_t notify_get_state(int token, uint64_t *level);
uint32_t notify_cancel(int token);
