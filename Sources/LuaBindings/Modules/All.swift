import Tensors

/// The functions of `require "lai"`, room by room.
let allFunctions: [LuaFunction] =
  TensorCreation.functions + Generator.functions + ToolsModule.functions

/// The classes of the objects that they return.
let allClasses: [LuaClass] = [Tensor.luaClass, Generator.luaClass]
