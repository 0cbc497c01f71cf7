import Charts
import Experiments
import Learning
import Pictures
import Tensors

/// Functions with a title of their own in the reference.
package struct LuaFunctionGroup: Sendable {
  /// "Tensors"
  package let title: String
  package let functions: [LuaFunction]
}

/// The functions of `require "lai"`, room by room.
let allGroups: [LuaFunctionGroup] = [
  group("Tensors", TensorCreation.functions, TensorFiles.functions, TensorJoining.functions),
  group("Derivatives", DerivativeModule.functions),
  group("Random numbers", Generator.functions),
  group("Networks", NetworkModule.functions),
  group(
    "Losses", LossModule.functions, LambdaModule.functions, CustomLossModule.functions,
    PenaltyModule.functions),
  group("Data", CSVModule.functions, DataModule.functions, ScalerModule.functions),
  group("Optimizers", OptimizerModule.functions, OptimModule.functions),
  group("Training", TrainModule.functions, TrainAllModule.functions, ResumeModule.functions),
  group("Sweeps", SweepModule.functions, TuneModule.functions, StoreModule.functions),
  group("Probes", ProbeModule.functions),
  group("Pictures", PlotModule.functions),
  group("Statistics", StatisticsModule.functions),
  group("Linear algebra", LinearAlgebraModule.functions),
  group("Tools", ProgressModule.functions, ToolsModule.functions),
]

private func group(_ title: String, _ functions: [LuaFunction]...) -> LuaFunctionGroup {
  LuaFunctionGroup(title: title, functions: functions.flatMap { $0 })
}

/// All of them, one after the other.
let allFunctions: [LuaFunction] = allGroups.flatMap(\.functions)

/// The classes of the objects that these return.
let allClasses: [LuaClass] = [
  Tensor.luaClass, Generator.luaClass, MLP.luaClass, Objective.luaClass, Dataset.luaClass,
  DataSummary.luaClass, Correlations.luaClass, ValueCounts.luaClass, Folds.luaClass,
  CSVReport.luaClass, Scaler.luaClass, Optimizer.luaClass, Schedule.luaClass, Run.luaClass,
  ScriptRun.luaClass, ScriptOptimizer.luaClass,
  ProbeReport.luaClass, ProbeComparison.luaClass, LuaSweep.luaClass, LuaFront.luaClass,
  LuaTune.luaClass, SweepTable.luaClass, SQLiteStore.luaClass, Chart.luaClass, Landscape.luaClass,
]

/// The tables of named fields that these return.
let allTables: [LuaTableRecord] = [EpochReport.luaTable.record, PredictionErrors.luaTable.record]

/// The functions that these return.
let allClosures: [LuaFunction] =
  DerivativeModule.closures + [HostFunction.record, RefusedFunction.record, GuardedTable.record]
  + ResultTable.closures + FrontTable.closures
