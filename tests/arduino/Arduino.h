/* As much of Arduino as examples of --emit-project need, with its overloads. */
#ifndef ARDUINO_H
#define ARDUINO_H

class Print {
public:
	void begin(unsigned long);
	void print(const char *);
	void print(char);
	void print(unsigned char);
	void print(int);
	void print(unsigned int);
	void print(long);
	void print(unsigned long);
	void print(double);
	template <class T> void
	println(T value)
	{
		print(value);
		print("\n");
	}
};

extern Print Serial;

extern "C" {
unsigned long micros(void);
void delay(unsigned long);
}

#endif
