#include "Processor.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

const char *lai_processor_level(void) {
#if defined(__x86_64__)
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return "x86-64-v4 (AVX-512)";
#elif defined(__AVX2__) && defined(__FMA__)
  return "x86-64-v3 (AVX2)";
#elif defined(__SSE4_2__)
  return "x86-64-v2";
#else
  return "x86-64";
#endif
#elif defined(__aarch64__)
  return "arm64";
#else
  return "an unknown processor";
#endif
}

#if defined(__x86_64__)

// Runs before everything else of the program, and must not need the instructions that it checks
// for.
__attribute__((constructor(101), target("no-avx512f,no-avx2,no-avx,no-fma"))) static void
check_processor(void) {
  const char *missing = NULL;
  __builtin_cpu_init();
#define LAI_NEED(name) \
  if (!__builtin_cpu_supports(name)) missing = name;
#ifdef __SSE4_2__
  LAI_NEED("sse4.2")
#endif
#ifdef __AVX__
  LAI_NEED("avx")
#endif
#ifdef __BMI2__
  LAI_NEED("bmi2")
#endif
#ifdef __FMA__
  LAI_NEED("fma")
#endif
#ifdef __AVX2__
  LAI_NEED("avx2")
#endif
#ifdef __AVX512VBMI__
  LAI_NEED("avx512vbmi")
#endif
#ifdef __AVX512VBMI2__
  LAI_NEED("avx512vbmi2")
#endif
#ifdef __AVX512DQ__
  LAI_NEED("avx512dq")
#endif
#ifdef __AVX512BW__
  LAI_NEED("avx512bw")
#endif
#ifdef __AVX512VL__
  LAI_NEED("avx512vl")
#endif
#ifdef __AVX512F__
  LAI_NEED("avx512f")
#endif
#undef LAI_NEED
  if (!missing) return;
  const char *texts[] = {"lai: this program was built for ", lai_processor_level(),
                         ", and this processor has no ", missing,
                         ": build it on this machine, as scripts/lai does\n"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    size_t length = 0;
    while (texts[i][length]) length++;
    if (write(2, texts[i], length) < 0) break;
  }
  _exit(1);
}

#endif
