/* A pretended device in a scripted heat wave. It shows its temperature as Linux does, in files
   below a folder, and its clock is slowed down when it is too hot. */
#ifndef DEVICE_H
#define DEVICE_H

enum { PATH_LENGTH = 200 };

typedef struct {
	char root[PATH_LENGTH];  /* what stands for / */
	double outside, celsius; /* degrees around it, and its own */
	double speed;            /* of its clock: 1, less when throttled */
	int step;                /* of the governor, 0 unthrottled */
	unsigned noise;          /* of the sensor */
} Device;

/* Writes the files of a thermal zone below `root`, which has to be there. 0 if it cannot. */
int device_open(Device *device, const char *root);

/* A second passes in which the program drew `joules`; 0 if the temperature cannot be written. */
int device_second(Device *device, double at, double joules);

/* Watts while it computes: the clock slows down, and the voltage with it. */
double device_watts(const Device *device, double watts);

/* Removes the files and folders; not the root. */
void device_remove(const Device *device);

#endif
