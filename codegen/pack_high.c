/* pack_high.c: the constants of sums that are rescaled in whole numbers, in families of channels. */
#include "codegen.h"

static int
factor_of(Family family, int channel)
{
	return family == HIGH_WHOLE || (family == HIGH_ODD && channel % 2) ? HIGH_256 : HIGH_1;
}

static const HighForm *
form_of(const Node *n, Family family, int channel)
{
	return n->high + factor_of(family, channel);
}

/* Whether all channels are proved. */
bool
is_high(const Graph *g, const Node *n, Family family)
{
	for (int i = 0; i < output_channels(g, n); i++) {
		const Reals *mult = &form_of(n, family, i)->mult;
		if (!mult->count || mult->value[i] < 0)
			return false;
	}
	return true;
}

/* Whether a channel has one value, whatever its sum, which may begin anywhere then. */
bool
is_constant(const Graph *g, const Node *n, int channel)
{
	return is_high(g, n, HIGH_PLAIN) && is_high(g, n, HIGH_ODD) &&
		n->high[HIGH_1].mult.value[channel] == 0;
}

static Packed
pack_values(const Graph *g, const Node *n, Family family, size_t member)
{
	Packed p = new_packed(g, TYPE_s32, output_channels(g, n));

	if (!is_high(g, n, family))
		return p;
	for (int i = 0; i < p.count; i++) {
		const char *form = (const char *)form_of(n, family, i);
		store_bits(p, i, (int64_t)((const Reals *)(const void *)(form + member))->value[i]);
	}
	return p;
}

Packed
pack_high_mult(const Graph *g, const Node *n, int family)
{
	return pack_values(g, n, (Family)family, offsetof(HighForm, mult));
}

Packed
pack_high_add(const Graph *g, const Node *n, int family)
{
	return pack_values(g, n, (Family)family, offsetof(HighForm, add));
}

/* What accumulators begin with; a pair's odd one holds the even sum, too. */
Packed
pack_high_bias(const Graph *g, const Node *n, int family)
{
	Packed start = pack_values(g, n, (Family)family, offsetof(HighForm, start));
	Packed bias = pack_bias_less_zeros(g, n, 0);
	int64_t before = 0;

	for (int i = 0; i < start.count; i++) {
		int64_t v = is_constant(g, n, i) ? 0 :
			(int64_t)((const int32_t *)bias.data)[i] + ((const int32_t *)start.data)[i];
		if (factor_of((Family)family, i) == HIGH_256)
			v = v * (UINT8_MAX + 1) + (family == HIGH_ODD ? before : 0);
		store_bits(start, i, v);
		before = v;
	}
	return start;
}
