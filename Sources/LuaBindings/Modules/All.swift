import Charts
import Experiments
import Learning
import Pictures
import Tensors

/// The functions of `require "lai"`, room by room.
let allFunctions = [
  TensorCreation.functions, TensorFiles.functions, TensorJoining.functions,
  DerivativeModule.functions, Generator.functions, NetworkModule.functions,
  LossModule.functions, LambdaModule.functions, CustomLossModule.functions,
  PenaltyModule.functions, CSVModule.functions, DataModule.functions, ScalerModule.functions,
  OptimizerModule.functions, OptimModule.functions, TrainModule.functions,
  TrainAllModule.functions, ResumeModule.functions, SweepModule.functions,
  TuneModule.functions, StoreModule.functions, ProbeModule.functions, PlotModule.functions,
  StatisticsModule.functions, LinearAlgebraModule.functions, ProgressModule.functions,
  ToolsModule.functions,
].flatMap(\.self)

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
