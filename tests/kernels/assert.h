/* assert.h: in kernel tests a failed precondition means "not this shape", not the end. */
extern int not_applicable;
#undef assert
#define assert(c) \
	do { \
		if (!(c)) { \
			not_applicable = 1; \
			return; \
		} \
	} while (0)
#define static_assert _Static_assert
