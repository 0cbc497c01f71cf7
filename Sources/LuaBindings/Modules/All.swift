import Learning
import Tensors

/// The functions of `require "lai"`, room by room.
let allFunctions: [LuaFunction] =
  TensorCreation.functions + TensorFiles.functions + TensorJoining.functions
  + DerivativeModule.functions
  + Generator.functions + NetworkModule.functions + LossModule.functions
  + CustomLossModule.functions + CSVModule.functions + DataModule.functions
  + OptimizerModule.functions
  + OptimModule.functions + TrainModule.functions + TrainAllModule.functions
  + ResumeModule.functions
  + ProbeModule.functions
  + StatisticsModule.functions + LinearAlgebraModule.functions + ToolsModule.functions

/// The classes of the objects that they return.
let allClasses: [LuaClass] = [
  Tensor.luaClass, Generator.luaClass, MLP.luaClass, Loss.luaClass, Dataset.luaClass,
  CSVReport.luaClass, Scaler.luaClass, Optimizer.luaClass, Schedule.luaClass, Run.luaClass,
  ScriptRun.luaClass, ScriptOptimizer.luaClass,
  Smoothness.luaClass, NoiseSensitivity.luaClass,
]

/// The tables of named fields that they return.
let allTables: [LuaTableRecord] = [EpochReport.luaTable.record]

/// What functions of the module return.
let allClosures: [LuaFunction] =
  DerivativeModule.closures + [HostFunction.record, RefusedFunction.record, GuardedTable.record]
