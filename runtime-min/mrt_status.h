/* What runtime functions return: MRT_OK, or why not. Each part adds its codes here. */
#ifndef MRT_STATUS_H
#define MRT_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#define MRT_STATUSES(X) \
	X(MRT_OK, "ok") \
	X(MRT_ARGUMENT, "an argument is out of range") \
	X(MRT_TOO_HOT, "the device is too hot to run") \
	X(MRT_NO_SENSOR, "no such sensor, or it cannot be read") \
	X(MRT_FILE, "the file cannot be opened or mapped") \
	X(MRT_WEIGHTS_SIZE, "the weights are too short or too long") \
	X(MRT_WEIGHTS_OTHER_KIND, "not a weights file") \
	X(MRT_WEIGHTS_OTHER_VERSION, "weights of another version") \
	X(MRT_WEIGHTS_OTHER_MODEL, "the weights of another model") \
	X(MRT_WEIGHTS_MISALIGNED, "the weights are not aligned") \
	X(MRT_WEIGHTS_DAMAGED, "the weights are damaged") \
	X(MRT_NAN, "some of the numbers are none") \
	X(MRT_READ, "the function that reads failed") \
	X(MRT_END, "there is no more to read") \
	X(MRT_SHORT, "it ends too early") \
	X(MRT_FORMAT, "not a file of this kind, or damaged") \
	X(MRT_UNSUPPORTED, "a kind of file that is not read") \
	X(MRT_TOO_SMALL, "the picture is too small") \
	X(MRT_TOO_LARGE, "a picture or number too large") \
	X(MRT_REFUSED, "the model refused a row") \
	X(MRT_CALLBACK, "a function of the application failed") \
	X(MRT_CLOCK, "the clock went backwards or stands") \
	X(MRT_ENERGY, "the meter went backwards or stands") \
	X(MRT_UNMEASURED, "a variant's quality or latency is not known")

#define MRT_STATUS_NAME(name, message) name,
enum mrt_status { MRT_STATUSES(MRT_STATUS_NAME) MRT_STATUS_COUNT };
#undef MRT_STATUS_NAME

/* In words, for a log; never NULL, whatever the code. */
const char *mrt_message(int status);

#ifdef __cplusplus
}
#endif

#endif
