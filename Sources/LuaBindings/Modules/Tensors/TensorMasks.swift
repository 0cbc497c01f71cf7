import Tensors

/// The operators on masks: `&`, `|` and `~`, as in NumPy. Their results are constants for
/// derivatives, like those of comparisons.
extension TensorMethods {
  /// For the help of what takes masks.
  static let masksAreJoined = """
    Masks are joined by & and |, and inverted by ~: x:gt(0) & x:lt(1). Lua's `and` and `or` return \
    one of the two masks and ignore the other.
    """

  static let conjunction = logical("&", "1 where both masks are 1.") { try $0 * $1 }
  static let disjunction = logical("|", "1 where one mask is 1, or both are.") {
    try $0.maximum($1)
  }
  static let difference = logical("~", "1 where exactly one mask is 1.") { try $0.ne($1) }
  static let complement = LuaFunction("~", "1 where the mask is 0.", receiver) {
    LuaObject(try mask(.tensor($0), "self", "~").eq(0))
  }

  private static func logical(
    _ name: String, _ summary: String,
    _ operation: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
  ) -> LuaFunction {
    LuaFunction(
      name, summary, Parameter("self", Kind.operand, ""),
      Parameter("y", Kind.operand, "A mask, 0 or 1."), returns: "lai.Tensor"
    ) { LuaObject(try operation(mask($0, "the left", name), mask($1, "the right", name))) }
  }

  /// - Throws: `ArgumentError` for elements other than 0 and 1.
  private static func mask(_ operand: Operand, _ side: String, _ name: String) throws -> Tensor {
    let mask: Tensor
    switch operand {
    case .tensor(let tensor): mask = tensor.detached()
    case .number(let number): mask = try Tensor.scalar(number)
    }
    if let other = try mask.elements(as: Double.self).first(where: { $0 != 0 && $0 != 1 }) {
      throw ArgumentError(
        "\(side) side", mustBe: "a mask of 0 and 1, such as x:gt(0) or x:ne(0)", got: other)
    }
    return mask
  }
}
