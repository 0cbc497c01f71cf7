#ifndef LAI_PROCESSOR_H
#define LAI_PROCESSOR_H

/// What the program was built for: "x86-64-v4 (AVX-512)", "x86-64", "arm64".
/// A program that needs more than the processor has ends with a message before it begins.
const char *lai_processor_level(void);

#endif
