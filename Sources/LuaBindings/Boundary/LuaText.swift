import Learning
import Tensors

extension OptionNotation {
  /// `skip = 2`
  static let lua = OptionNotation(
    assignment: " = ", list: ("{", "}"), firstIndex: 1, copy: "clone()", excluded: "false",
    featureScaling: "lai.standardize(train)",
    targetScaling: "lai.standardize(train, {target = true})")
}

/// An error that scripts read in other words than Swift programs: with methods of Lua's classes, and
/// places counted from 1.
private protocol WordedForLua {
  var luaText: String { get }
}

/// The text of an error for scripts.
func luaText(of error: any Error) -> String {
  switch error {
  case let error as any Worded: error.words.text(in: .lua)
  case let error as any WordedForLua: error.luaText
  default: "\(error)"
  }
}

extension SharedElementsError: WordedForLua {
  fileprivate var luaText: String {
    "\(op): several elements of the tensor of shape \(shape.shapeText) share one place in memory, "
      + "as expand makes them; write to its clone(), or to the tensor that was expanded"
  }
}

extension RecordedError: WordedForLua {
  fileprivate var luaText: String {
    "\(op): the tensor is part of a derivative being taken and can't be written to; its clone() can"
  }
}

extension ReadOnlyError: WordedForLua {
  fileprivate var luaText: String {
    "\(op): the tensor is read-only; its clone() can be written to"
  }
}

extension LostDerivativeError: WordedForLua {
  fileprivate var luaText: String {
    (op.map { "\($0): " } ?? "")
      + "the tensor is part of a derivative being taken, which would be lost here; use tensor "
      + "operations, or its detach(), which is a constant"
  }
}

extension GradientCheckError: WordedForLua {
  fileprivate var luaText: String {
    "the gradient of order \(order) is wrong in variable \(variable + 1) of shape "
      + "\(shape.shapeText), element \(place + 1): \(analytic) (differences give \(numeric))"
  }
}
