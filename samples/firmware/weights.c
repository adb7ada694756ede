/* The network's weights: in flash of their own, so that the program can be replaced without them;
 * and so looked at, every bit, before the network runs on them. */
#include "board.h"
#include "model.h"
#include "mrt_weights.h"
#include "parts.h"

extern const unsigned char weights_at[]; /* of link.ld */

int
weights_open(void)
{
	static const struct mrt_weights_model model = MRT_WEIGHTS_OF(MODEL);
	int status = mrt_weights_check(weights_at, MODEL_WEIGHTS_BYTES, &model);

	return status ? status :
			model_open(network_work(), weights_at, MODEL_WEIGHTS_BYTES);
}
