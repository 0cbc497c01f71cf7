import Tensors

/// Names of pandas, scikit-learn, NumPy and PyTorch, and what to write instead: hints of errors for
/// unknown fields, methods, functions and options.
enum ForeignNames {
  /// "; write d:where(mask)" for a field or method that the owner, "Dataset" or "lai", lacks.
  static func hint(for name: String, of owner: String) -> String? {
    let table =
      switch owner {
      case "Dataset": dataset
      case "Tensor": tensor
      case "MLP": network
      case "Run", "ScriptedRun": run
      case "Chart": chart
      case "lai": module
      default: [String: String]()
      }
    return table[name].map { "; write \($0)" }
  }

  /// For an option that a function with the `known` ones lacks.
  static func hint(forOption name: String, known: [String]) -> String? {
    guard let (needed, form) = options[name]?.first(where: { known.contains($0.option) }) else {
      return nil
    }
    return form.isEmpty ? " (did you mean '\(needed)'?)" : "; write \(form)"
  }

  /// By name, for each option of ours the form to write; empty if it takes the same value.
  private static let options: [String: [(option: String, form: String)]] = [
    "lr": [("optimizer", "optimizer = lai.adam{lr = …}")],
    "learning_rate": [("lr", ""), ("optimizer", "optimizer = lai.adam{lr = …}")],
    "learning_rate_init": [("optimizer", "optimizer = lai.adam{lr = …}")],
    "momentum": [("optimizer", "optimizer = lai.sgd{momentum = …}")],
    "betas": [("optimizer", "optimizer = lai.adam{…}; ? lai.adam lists its options")],
    "weight_decay": [("optimizer", "optimizer = lai.adamw{weight_decay = …}")],
    "solver": [("optimizer", "")], "optim": [("optimizer", "")],
    "scheduler": [("schedule", "")], "criterion": [("loss", "")], "loss_fn": [("loss", "")],
    "batch_size": [("batch", "")], "epoch": [("epochs", "")], "n_epochs": [("epochs", "")],
    "num_epochs": [("epochs", "")], "max_iter": [("epochs", "")], "max_epochs": [("epochs", "")],
    "random_state": [("seed", "")], "n_jobs": [("workers", "")],
    "num_workers": [("workers", "")], "net": [("model", "")], "network": [("model", "")],
    "x": [
      ("data", "data = lai.dataset(x, y)"),
      ("panels", "lai.plot{{x = …, y = …}}: each series is a table in the list"),
    ],
    "logx": [("xscale", "xscale = \"log\"")], "logy": [("yscale", "yscale = \"log\"")],
    "xrange": [("xlim", "")], "yrange": [("ylim", "")], "suptitle": [("title", "")],
    "figsize": [("panels", "chart:save(path, {width = …})")],
    "handle_unknown": [("unknown", "")], "X": [("data", "data = lai.dataset(x, y)")],
    "y": [
      ("data", "data = lai.dataset(x, y)"),
      ("panels", "lai.plot{{x = …, y = …}}: each series is a table in the list"),
    ], "dataset": [("data", "")],
    "train_data": [("data", "")], "valid": [("validation", "")],
    "validation_data": [("validation", "")], "validation_split": [("validation", "")],
    "validation_fraction": [
      ("validation", "local train, valid = data:split{validation = …}; validation = valid")
    ],
    "early_stopping": [("patience", "patience = 10, the epochs without improvement")],
    "n_iter_no_change": [("patience", "")], "tol": [("min_improvement", "")],
    "callbacks": [("on_epoch", "on_epoch = function(report) … end")],
    "callback": [("on_epoch", "on_epoch = function(report) … end")],
    "test_size": [("test", ""), ("validation", "")], "valid_size": [("validation", "")],
    "train_size": [("validation", "validation = 0.2, test = 0.1; what is left is for training")],
    "n_splits": [("k", "")], "n_folds": [("k", "")], "folds": [("k", "")], "cv": [("k", "")],
    "groups": [("group", "")],
    "hidden_layer_sizes": [("hidden", "")], "hidden_size": [("hidden", "")],
    "hidden_sizes": [("hidden", "")], "layers": [("hidden", "")],
    "in_features": [("inputs", "")], "input_size": [("inputs", "")], "input_dim": [("inputs", "")],
    "out_features": [("outputs", "")], "output_size": [("outputs", "")],
    "output_dim": [("outputs", "")],
    "ascending": [("descending", "descending = true for the largest first")],
    "reverse": [("descending", "")], "n_bins": [("bins", "")],
    "delimiter": [("separator", "")], "sep": [("separator", "")], "header": [("names", "")],
    "index_col": [("drop", "")], "na_values": [("na", "")], "nrows": [("rows", "")],
    "skiprows": [("skip", "")], "usecols": [("columns", "")], "n": [("rows", "")],
  ]

  private static let dataset = [
    "shape": "#d for the rows, #d.features for the features, or d.x.shape",
    "columns": "d.features and d.target", "column_names": "d.features",
    "names": "d.features and d.target", "values": "d.x and d.y, which are tensors",
    "to_numpy": "d.x and d.y, which are tensors", "data": "d.x", "X": "d.x",
    "targets": "d.y", "index": "d.ids", "len": "#d", "size": "#d",
    "count": "#d, or d:describe() for the columns", "nrows": "#d",
    "groupby":
      "d:where(mask) for the rows of one group, d:value_counts(\"name\") for their numbers",
    "group_by":
      "d:where(mask) for the rows of one group, d:value_counts(\"name\") for their numbers",
    "iloc": "d:rows(first, last), d:rows{1, 5} or d:column(\"name\")",
    "loc": "d:where(mask), d:column(\"name\") or d:select{\"name\"}",
    "query": "d:where(mask), as in d:where(d:column(\"x\"):gt(0))",
    "filter": "d:where(mask), as in d:where(d:column(\"x\"):gt(0))",
    "info": "print(d), d:describe() or d.report", "summary": "d:describe()",
    "dtypes": "d.x.dtype", "corr": "d:correlations()", "sort_values": "d:sort(\"name\")",
    "sort_by": "d:sort(\"name\")", "assign": "d:with{name = tensor}",
    "insert": "d:with{name = tensor}", "apply": "d:with{name = tensor}",
    "append": "d:concat(other)", "merge": "d:concat(other) for more rows, d:with{…} for columns",
    "join": "d:concat(other) for more rows, d:with{…} for columns",
    "sample": "d:split{validation = share}", "shuffle": "nothing: lai.train shuffles rows",
    "train_test_split": "d:split{validation = 0.2}", "kfold": "d:folds{k = 5}",
    "isna": "d:describe(), which counts what is missing",
    "isnull": "d:describe(), which counts what is missing",
    "dropna": "lai.csv(path, {missing = \"drop\"})",
    "fillna": "lai.csv(path, {missing = \"median\"})",
    "mean": "d:column(\"name\"):mean(), or d:describe() for all",
    "median": "d:column(\"name\"):median(), or d:describe() for all",
    "std": "d:column(\"name\"):std(), or d:describe() for all",
    "min": "d:column(\"name\"):min(), or d:describe() for all",
    "max": "d:column(\"name\"):max(), or d:describe() for all",
    "sum": "d:column(\"name\"):sum()", "quantile": "d:column(\"name\"):quantile(q)",
    "hist": "d:column(\"name\"):histogram()", "histogram": "d:column(\"name\"):histogram()",
    "unique": "d:column(\"name\"):unique()", "nunique": "#d:value_counts(\"name\")",
    "to_csv": "lai.save(\"file.csv\", d)", "save": "lai.save(\"file.csv\", d)",
    "get": "d:column(\"name\")", "row": "d:rows(i, i)", "col": "d:column(\"name\")",
  ]

  private static let tensor = [
    "plot": "lai.plot(x)",
    "T": "x:t()", "size": "x.shape, or #x for the first extent", "ndim": "#x.shape",
    "dim": "#x.shape", "view": "x:reshape{…}", "flatten": "x:reshape{-1}",
    "ravel": "x:reshape{-1}", "numpy": "x:totable(), or lai.save(\"x.npy\", x) for NumPy",
    "tolist": "x:totable()", "astype": "x:to(\"float64\")", "float": "x:to(\"float32\")",
    "double": "x:to(\"float64\")", "copy": "x:clone()", "mm": "x:matmul(y)", "bmm": "x:matmul(y)",
    "backward": "lai.grad(f)(x)", "grad": "lai.grad(f)(x)",
    "requires_grad": "lai.grad(f)(x), which needs no flag", "cpu": "x: there is one device",
    "cuda": "x: there is one device", "device": "x: there is one device",
    "percentile": "x:quantile(percent / 100)", "hist": "x:histogram()", "histc": "x:histogram()",
    "any": "x:max():item() > 0, for a mask", "all": "x:min():item() > 0, for a mask",
    "argsort": "select(2, x:sort(axis))", "concat": "lai.cat{x, y}", "append": "lai.cat{x, y}",
    "repeat_": "x:expand{…} or lai.cat{x, x}", "prod": "x:log():sum():exp(), for positive x",
    "clip": "x:clamp(min, max)", "add_": "x = x + y", "zero_": "x:fill_(0)",
    "value_counts": "x:unique(), which also counts", "power": "x ^ y",
    "logical_and": "a & b, for masks", "logical_or": "a | b, for masks",
    "logical_not": "~a, for masks", "corr": "d:correlations() of a data set",
    "head": "x[{{1, 5}}]",
  ]

  private static let network = [
    "fit": "lai.train{model = net, data = d}, whose run.model is the trained network",
    "train": "lai.train{model = net, data = d}, whose run.model is the trained network",
    "train_on": "lai.train{model = net, data = d}, whose run.model is the trained network",
    "forward": "net(x)", "call": "net(x)", "eval": "net(x): there is no mode to switch",
    "score": "net:evaluate(d).r2", "test": "net:evaluate(d)", "state_dict": "net:parameters()",
    "load_state_dict": "net:set_weights{…}:set_biases{…}", "load": "lai.mlp_load(path)",
    "summary": "print(net)", "count_params": "net.parameter_count", "coefs_": "net:weights()",
    "intercepts_": "net:biases()", "to": "lai.mlp{dtype = …}",
    "compile": "lai.train{model = net, loss = …, optimizer = …}",
    "backward": "lai.grad, or loss:gradients(net, x, y)", "gradient": "net:input_gradient(x)",
    "predict_proba": "net:predict(x)",
  ]

  private static let chart = [
    "savefig": "chart:save(\"x.svg\")", "write": "chart:save(\"x.svg\")",
    "show": "print(chart)", "display": "print(chart)", "draw": "print(chart)",
    "to_html": "chart:svg()",
  ]

  private static let run = [
    "predict": "run.model:predict(x)", "evaluate": "run.model:evaluate(d)",
    "score": "run.model:evaluate(d).r2", "net": "run.model", "network": "run.model",
    "weights": "run.model:weights()", "biases": "run.model:biases()",
    "loss": "run.history.base_loss", "losses": "run.history.base_loss",
    "train_loss": "run.history.base_loss", "val_loss": "run.history.validation_rmse",
    "loss_curve_": "run.history.base_loss", "validation_rmse": "run.history.validation_rmse",
    "epochs": "#run.history", "best_model": "run.model, with patience", "time": "run.seconds",
    "best_score": "run.history[run.best_epoch].validation_rmse",
    "input_gradient": "run.model:input_gradient(x)", "resume": "lai.resume(run, {…})",
    "fit": "lai.resume(run, {data = d, epochs = …})",
  ]

  private static let module = [
    "read_csv": "lai.csv(path, {target = \"name\"})", "read_table": "lai.csv(path)",
    "load_csv": "lai.csv(path, {target = \"name\"})",
    "DataFrame": "lai.csv(path), or lai.dataset(x, y, {features = …})",
    "data": "lai.dataset(x, y), or lai.csv(path)",
    "TensorDataset": "lai.dataset(x, y)", "DataLoader": "lai.train{batch = …}",
    "array": "lai.tensor{…}", "asarray": "lai.tensor{…}", "from_numpy": "lai.load(\"x.npy\")",
    "FloatTensor": "lai.tensor{…}", "Sequential": "lai.mlp{inputs = …, hidden = {…}}",
    "Linear": "lai.mlp{inputs = …, hidden = {}}", "nn": "lai.mlp{inputs = …, hidden = {…}}",
    "MLPRegressor": "lai.mlp{inputs = …, hidden = {…}}",
    "LinearRegression": "lai.mlp{inputs = …, hidden = {}}, or lai.linalg.lstsq",
    "network": "lai.mlp{inputs = …, hidden = {…}}", "fit": "lai.train{model = net, data = d}",
    "predict": "net:predict(x)", "evaluate": "net:evaluate(d)",
    "train_test_split": "d:split{validation = 0.2}", "split": "d:split{validation = 0.2}",
    "KFold": "d:folds{k = 5}", "cross_val_score": "d:folds{k = 5}", "folds": "d:folds{k = 5}",
    "StandardScaler": "lai.standardize(train)", "MinMaxScaler": "lai.minmax(train)",
    "normalize": "lai.standardize(train)", "MSELoss": "lai.loss.mse()",
    "L1Loss": "lai.loss.mae()",
    "HuberLoss": "lai.loss.huber{delta = 1}",
    "manual_seed": "the option seed, or lai.generator(seed)",
    "seed": "the option seed, or lai.generator(seed)", "concatenate": "lai.cat{x, y}",
    "concat": "lai.cat{x, y}, or d:concat(other)", "vstack": "lai.cat{x, y}",
    "hstack": "lai.cat({x, y}, 2)", "GridSearchCV": "lai.sweep{…}", "optimize": "lai.tune{…}",
    "load_model": "lai.mlp_load(path)", "save_model": "net:save(path)",
    "random": "lai.rand(…) or lai.randn(…)", "where": "mask:where(x, y)",
    "no_grad": "x:detach()", "range": "lai.arange(start, stop)", "pprint": "lai.show(x)",
    "print": "print(x) or lai.show(x)", "histogram": "x:histogram()", "median": "x:median()",
  ]
}
