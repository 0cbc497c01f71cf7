#include "CProducts.h"

#if defined(__x86_64__)
// Results (bit 15) and operands (bit 6) of SSE and AVX.
enum { FLUSH = 1 << 15 | 1 << 6 };

unsigned long lai_flush_denormals(void) {
  unsigned mode = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(mode | FLUSH);
  return mode;
}

void lai_set_float_mode(unsigned long mode) { __builtin_ia32_ldmxcsr((unsigned)mode); }
#elif defined(__aarch64__)
enum { FLUSH = 1 << 24 };

unsigned long lai_flush_denormals(void) {
  unsigned long mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" : : "r"(mode | FLUSH));
  return mode;
}

void lai_set_float_mode(unsigned long mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
#else
unsigned long lai_flush_denormals(void) { return 0; }
void lai_set_float_mode(unsigned long mode) { (void)mode; }
#endif
