import LuaBindings
import Testing
