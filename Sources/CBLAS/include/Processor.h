#ifndef LAI_PROCESSOR_H
#define LAI_PROCESSOR_H

/// The processor that the program was built for: "x86-64-v4 (AVX-512)", "x86-64", "arm64". On a
/// processor that lacks an instruction set of it, the program ends with a message at its start.
const char *lai_processor_level(void);

#endif
