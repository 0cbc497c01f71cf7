import Learning
import Tensors

extension EpochReport: LuaTabular {
  static let luaTable = LuaTableType<EpochReport>(
    "EpochReport", "One epoch, as it went.",
    [
      .init("epoch", "Its number, from 1, over both stages.") { $0.epoch },
      .init("stage", "pretrain or train.") { $0.stage.rawValue },
      .init("base_loss", "Mean of the base loss over its batches.") { $0.baseLoss },
      .init("lai_loss", "Mean of the Lai loss over what took it; nil without.") { $0.laiLoss },
      .init("lai_ratio", "Ratio of that to the base loss there; nil without.") {
        $0.laiRatio
      },
      .init("lai_count", "Batches, or points, that took the Lai loss.") { $0.laiCount },
      .init("validation_rmse", "On the validation data; nil without.") { $0.validationRMSE },
      .init("learning_rate", "The last one.") { $0.learningRate },
      .init("seconds", "Since the beginning of the run.") { $0.seconds },
    ])
}

extension Run: LuaRepresentable {
  package static let luaName = "Run"
  private static let receiver = Parameter("self", Kind<Run>.object, "")
  package static let luaClass = LuaClass(
    Run.self, "What lai.train returns; print it for a table.",
    properties: [
      LuaFunction(
        "history",
        "Each epoch's report: epoch, stage, base_loss, lai_loss, lai_ratio, lai_count, validation_rmse, learning_rate, seconds.",
        receiver
      ) { $0.history },
      LuaFunction(
        "model", "The trained network: with patience that of the best epoch, else of the last.",
        receiver
      ) { LuaObject($0.model) },
      LuaFunction(
        "best_epoch",
        "The epoch of the least validation RMSE, of the last stage that the run came to; nil without validation.",
        receiver
      ) { $0.bestEpoch },
      LuaFunction("seconds", "How long it took.", receiver) { $0.seconds },
      LuaFunction(
        "outcome", "finished, stopped, stopped early, diverged or, of train_all, failed.", receiver
      ) {
        $0.outcome.rawValue
      },
      LuaFunction(
        "problem", "What went wrong in a run that diverged or failed; else nil.", receiver
      ) {
        $0.problem
      },
    ])
}
