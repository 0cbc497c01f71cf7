import Tensors

/// lai.cat and lai.stack.
enum TensorJoining {
  private static let list = Parameter(
    "tensors", Kind<Tensor>.object.list(atLeast: 1), "A list of tensors.")
  private static let axis = Parameter(
    "axis", Kind<Int>.integer.optional, "From 1, or from the end if negative; 1 if left out.")

  static let functions = [
    LuaFunction(
      "cat", "Concatenates tensors along an axis.", list, axis,
      example: "assert(lai.cat({lai.zeros(2, 3), lai.ones(1, 3)}).shape[1] == 3)"
    ) { tensors, axis in
      let axis = try LuaIndex.axis(axis ?? 1, rank: tensors[0].rank)
      return LuaObject(try Tensor.concatenated(tensors, axis: axis))
    },
    LuaFunction(
      "stack", "Stacks tensors of one shape along a new axis.", list, axis,
      example: "assert(lai.stack({lai.zeros(3), lai.ones(3)}, 2).shape[1] == 3)"
    ) { tensors, axis in
      let axis = try LuaIndex.axis(axis ?? 1, rank: tensors[0].rank + 1)
      return LuaObject(try Tensor.stacked(tensors, axis: axis))
    },
  ]
}
