/* math.h: of the C library, what generated programs and the kernel checker call. */
#ifndef MATH_H
#define MATH_H

#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define HUGE_VAL __builtin_inf()
#define isinf(x) __builtin_isinf(x)
#define isnan(x) __builtin_isnan(x)
#define isfinite(x) __builtin_isfinite(x)
#define signbit(x) __builtin_signbit(x)

double fabs(double);
float fabsf(float);
double fmin(double, double);
double fmax(double, double);
double copysign(double, double);
double trunc(double);
double floor(double);
double ceil(double);
double round(double);
double sqrt(double);
double frexp(double, int *);
double ldexp(double, int);
int ilogb(double);
double nextafter(double, double);
float nextafterf(float, float);
double fma(double, double, double);
long long llrint(double);
double exp(double);
double log(double);
double tanh(double);
float floorf(float);
float ceilf(float);
float roundf(float);
float sqrtf(float);
float fmaf(float, float, float);
float fminf(float, float);
float fmaxf(float, float);
float expf(float);
float logf(float);
float tanhf(float);

#endif
