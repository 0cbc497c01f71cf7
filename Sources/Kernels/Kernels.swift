/// Loops over raw buffers: no allocation, no errors, no shapes.
///
/// Buffers need no alignment. An output may be one of the inputs, but may not overlap it otherwise.
public enum Kernels {}
