/* jump.c: setjmp.h: the registers that a function leaves as they were. */
__asm__(".globl setjmp\n"
	"setjmp:\n"
	"\tmemd(r0+#0) = r17:16\n\tmemd(r0+#8) = r19:18\n\tmemd(r0+#16) = r21:20\n"
	"\tmemd(r0+#24) = r23:22\n\tmemd(r0+#32) = r25:24\n\tmemd(r0+#40) = r27:26\n"
	"\tmemd(r0+#48) = r31:30\n\tmemw(r0+#56) = r29\n"
	"\tr0 = #0\n\tjumpr r31\n"
	".globl longjmp\n"
	"longjmp:\n"
	"\tr17:16 = memd(r0+#0)\n\tr19:18 = memd(r0+#8)\n\tr21:20 = memd(r0+#16)\n"
	"\tr23:22 = memd(r0+#24)\n\tr25:24 = memd(r0+#32)\n\tr27:26 = memd(r0+#40)\n"
	"\tr31:30 = memd(r0+#48)\n\tr29 = memw(r0+#56)\n"
	"\tp0 = cmp.eq(r1,#0)\n\tr0 = r1\n\tif (p0) r0 = #1\n\tjumpr r31\n");
