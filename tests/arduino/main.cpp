/* Arduino's functions, and a main() that calls the sketch's: loop() twice. */
#include "Arduino.h"

#include <stdio.h>

void setup();
void loop();

Print Serial;
static unsigned long now;

void Print::begin(unsigned long) {}
void Print::print(const char *text) { fputs(text, stdout); }
void Print::print(char c) { putchar(c); }
void Print::print(unsigned char n) { printf("%d", n); }
void Print::print(int n) { printf("%d", n); }
void Print::print(unsigned int n) { printf("%u", n); }
void Print::print(long n) { printf("%ld", n); }
void Print::print(unsigned long n) { printf("%lu", n); }
void Print::print(double v) { printf("%.2f", v); }

unsigned long
micros(void)
{
	return now += 7;
}

void
delay(unsigned long)
{
}

int
main()
{
	setup();
	loop();
	loop();
	return 0;
}
