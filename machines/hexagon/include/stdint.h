/* stdint.h: clang's, whose two greatest numbers should be of type int, as C says, and have no sign. */
#ifndef HEXAGON_STDINT_H
#define HEXAGON_STDINT_H

#include_next <stdint.h>

#undef UINT8_MAX
#undef UINT16_MAX
#define UINT8_MAX 255
#define UINT16_MAX 65535

#endif
