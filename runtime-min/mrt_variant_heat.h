/* Variants of several input rates under the thermal policy: it thinks in requests. */
#ifndef MRT_VARIANT_HEAT_H
#define MRT_VARIANT_HEAT_H

#include "mrt_heat.h"
#include "mrt_variant.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An inference of `choice` took so long: mrt_heat_note() for each request that it answers. */
void mrt_variants_note(struct mrt_variants *, struct mrt_heat *, int choice, float latency_ms);

#ifdef __cplusplus
}
#endif

#endif
