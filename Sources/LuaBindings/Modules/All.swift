/// The functions of `require "lai"`, room by room.
let allFunctions: [LuaFunction] = Generator.functions + ToolsModule.functions

/// The classes of the objects that they return.
let allClasses: [LuaClass] = [Generator.luaClass]
