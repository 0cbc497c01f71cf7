---@meta lai
-- Generated from the records by `lai --types`; not to be edited.

--- An n-dimensional array of numbers; views share memory.
---@class lai.Tensor
---@field shape (integer)[] Extents; empty for a scalar.
---@field dtype string Number type: float32 or float64.
---@operator add(lai.Tensor|number): lai.Tensor
---@operator sub(lai.Tensor|number): lai.Tensor
---@operator mul(lai.Tensor|number): lai.Tensor
---@operator div(lai.Tensor|number): lai.Tensor
---@operator pow(lai.Tensor|number): lai.Tensor
---@operator unm: lai.Tensor
---@operator len: integer
---@operator band(lai.Tensor|number): lai.Tensor
---@operator bor(lai.Tensor|number): lai.Tensor
---@operator bxor(lai.Tensor|number): lai.Tensor
---@operator bnot: lai.Tensor
local Tensor = {}

--- Minus x, elementwise.
---@return lai.Tensor
function Tensor:neg() end

--- e to the x, elementwise.
---@return lai.Tensor
function Tensor:exp() end

--- e to the x minus 1, elementwise, exact near 0.
---@return lai.Tensor
function Tensor:expm1() end

--- Natural logarithm, elementwise: -inf at 0, NaN below.
---@return lai.Tensor
function Tensor:log() end

--- log(1 + x), elementwise, exact near 0.
---@return lai.Tensor
function Tensor:log1p() end

--- Square root, elementwise: NaN below 0.
---@return lai.Tensor
function Tensor:sqrt() end

--- x times x, elementwise.
---@return lai.Tensor
function Tensor:square() end

--- 1 / x, elementwise.
---@return lai.Tensor
function Tensor:reciprocal() end

--- Absolute value, elementwise.
---@return lai.Tensor
function Tensor:abs() end

--- -1, 0 or 1, elementwise.
---@return lai.Tensor
function Tensor:sign() end

--- The next whole number below, elementwise.
---@return lai.Tensor
function Tensor:floor() end

--- The next whole number above, elementwise.
---@return lai.Tensor
function Tensor:ceil() end

--- The nearest whole number, elementwise; the even one of two equally near.
---@return lai.Tensor
function Tensor:round() end

--- Sine of x radians, elementwise.
---@return lai.Tensor
function Tensor:sin() end

--- Cosine of x radians, elementwise.
---@return lai.Tensor
function Tensor:cos() end

--- Hyperbolic tangent, elementwise.
---@return lai.Tensor
function Tensor:tanh() end

--- 1 / (1 + exp(-x)), elementwise.
---@return lai.Tensor
function Tensor:sigmoid() end

--- x where it is positive, else 0.
---@return lai.Tensor
function Tensor:relu() end

--- log(1 + exp(x)), elementwise.
---@return lai.Tensor
function Tensor:softplus() end

--- x times the standard normal's distribution function: the exact GELU.
---@return lai.Tensor
function Tensor:gelu() end

--- x sigmoid(x), elementwise.
---@return lai.Tensor
function Tensor:silu() end

--- The standard normal's distribution function, elementwise.
---@return lai.Tensor
function Tensor:normal_cdf() end

--- 1 where x is NaN, else 0.
---@return lai.Tensor
function Tensor:isnan() end

--- 0 where x is infinite or NaN, else 1.
---@return lai.Tensor
function Tensor:isfinite() end

--- x + y with broadcasting.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:add(y) end

--- x - y with broadcasting.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:sub(y) end

--- x * y, elementwise, with broadcasting.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:mul(y) end

--- x / y with broadcasting.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:div(y) end

--- x to the power y with broadcasting: NaN for a negative x with a non-integer y.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:pow(y) end

--- The larger of x and y, elementwise; NaN if one of them is NaN.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:maximum(y) end

--- The smaller of x and y, elementwise; NaN if one of them is NaN.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:minimum(y) end

--- 1 where x > y, else 0.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:gt(y) end

--- 1 where x >= y, else 0.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:ge(y) end

--- 1 where x < y, else 0.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:lt(y) end

--- 1 where x <= y, else 0.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:le(y) end

--- 1 where x equals y, else 0; NaN is not equal to anything.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:eq(y) end

--- 1 where x differs from y, else 0; NaN differs from everything.
---@param y lai.Tensor|number A tensor or a number.
---@return lai.Tensor
function Tensor:ne(y) end

---@class lai.Tensor.sum.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The sum of all elements or along an axis.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.sum.options 
---@return lai.Tensor
function Tensor:sum(axis, options) end

---@class lai.Tensor.mean.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The mean of all elements or along an axis.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.mean.options 
---@return lai.Tensor
function Tensor:mean(axis, options) end

---@class lai.Tensor.var.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The variance (divisor n, ddof 0) of all elements or along an axis.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.var.options 
---@return lai.Tensor
function Tensor:var(axis, options) end

---@class lai.Tensor.std.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The standard deviation (divisor n, ddof 0) of all elements or along an axis.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.std.options 
---@return lai.Tensor
function Tensor:std(axis, options) end

---@class lai.Tensor.median.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The median of all elements or along an axis; NaN if there is a NaN.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.median.options 
---@return lai.Tensor
function Tensor:median(axis, options) end

---@class lai.Tensor.min.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The smallest of all elements or along an axis; NaN if there is a NaN.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.min.options 
---@return lai.Tensor
function Tensor:min(axis, options) end

---@class lai.Tensor.max.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The largest of all elements or along an axis; NaN if there is a NaN.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.max.options 
---@return lai.Tensor
function Tensor:max(axis, options) end

---@class lai.Tensor.argmin.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The place of the first smallest of all elements or along an axis.
--- Places count from 1.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.argmin.options 
---@return lai.Tensor
function Tensor:argmin(axis, options) end

---@class lai.Tensor.argmax.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The place of the first largest of all elements or along an axis.
--- Places count from 1.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.argmax.options 
---@return lai.Tensor
function Tensor:argmax(axis, options) end

---@class lai.Tensor.norm.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The Euclidean norm of all elements or along an axis; its gradient at 0 is 0.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.norm.options 
---@return lai.Tensor
function Tensor:norm(axis, options) end

---@class lai.Tensor.quantile.options
---@field keepdims? boolean Keep the axis with extent 1. (default false)

--- The quantiles of all elements or along an axis; NaN if there is a NaN.
--- Interpolated linearly between the two nearest elements, as in NumPy. The derivative goes to
--- these two.
---@param q number|number[] The share of the elements that lie below; a list gives a new first axis.
---@param axis? integer|integer[] One axis or a list of them; all elements if left out.
---@param options? lai.Tensor.quantile.options 
---@return lai.Tensor
function Tensor:quantile(q, axis, options) end

---@class lai.Tensor.histogram.options
---@field bins? integer|number[]|"auto" How many intervals, 10 without it; or their edges; or "auto" for NumPy's number of them.
---@field range? (number)[] The first and the last edge; without it the least and the largest element.

--- How many elements lie in each of several intervals, and the intervals' edges.
--- As in NumPy: an interval contains its lower edge, the last one its upper edge too; elements
--- outside are not counted. Counts have no derivative: x must not be part of one being taken.
---@param options? lai.Tensor.histogram.options 
---@return lai.Tensor, lai.Tensor
function Tensor:histogram(options) end

--- The distinct elements, sorted, and how often each occurs.
--- All NaN are one, the last. x must not be part of a derivative being taken.
---@return lai.Tensor, lai.Tensor
function Tensor:unique() end

--- The matrix product, as in NumPy.
---@param y lai.Tensor The other tensor.
---@return lai.Tensor
function Tensor:matmul(y) end

--- The product of two vectors, a scalar.
---@param y lai.Tensor The other tensor.
---@return lai.Tensor
function Tensor:dot(y) end

--- The matrix of all products of two vectors.
---@param y lai.Tensor The other tensor.
---@return lai.Tensor
function Tensor:outer(y) end

--- Sets elements below min to min, and those above max to max.
---@param min? number nil for no bound.
---@param max? number nil for no bound.
---@return lai.Tensor
function Tensor:clamp(min, max) end

--- x where the mask (self) is not 0, else y.
--- Masks are joined by & and |, and inverted by ~: x:gt(0) & x:lt(1). Lua's `and` and `or` return one of the two masks and ignore the other.
---@param x lai.Tensor|number The value where the mask is not 0.
---@param y lai.Tensor|number Elsewhere.
---@return lai.Tensor
function Tensor:where(x, y) end

--- The transpose of a matrix; a view.
---@return lai.Tensor
function Tensor:t() end

--- Exchanges two axes; a view.
---@param axis integer From 1, or from the end if negative.
---@param other integer The other axis.
---@return lai.Tensor
function Tensor:transpose(axis, other) end

--- Puts the axes in another order; a view.
---@param axes (integer)[] Each axis once, as in {3, 1, 2}.
---@return lai.Tensor
function Tensor:permute(axes) end

--- The diagonal of a matrix, a view; or the matrix with a vector on its diagonal.
---@return lai.Tensor
function Tensor:diag() end

--- The same elements in another shape; one extent may be -1.
---@param shape (integer)[] Extents.
---@return lai.Tensor
function Tensor:reshape(shape) end

--- Stretches extents of 1 to a shape; a view.
---@param shape (integer)[] Extents.
---@return lai.Tensor
function Tensor:expand(shape) end

--- Drops the axes of extent 1, or only the given one; a view.
---@param axis? integer Only this axis.
---@return lai.Tensor
function Tensor:squeeze(axis) end

--- Inserts an axis of extent 1; a view.
---@param axis integer From 1, or from the end if negative.
---@return lai.Tensor
function Tensor:unsqueeze(axis) end

--- One position of an axis, which is dropped; a view.
---@param axis integer From 1, or from the end if negative.
---@param index integer From 1, or from the end if negative.
---@return lai.Tensor
function Tensor:select(axis, index) end

--- A range of positions of an axis; a view.
---@param axis integer From 1, or from the end if negative.
---@param first integer The first position.
---@param length integer The number of positions.
---@return lai.Tensor
function Tensor:narrow(axis, first, length) end

--- Selects places of an axis, in any order and with repetitions.
--- x:index(1, {3, 1}) has rows 3 and 1 of x.
---@param axis integer From 1, or from the end if negative.
---@param places integer[]|lai.Tensor From 1, or from the end if negative.
---@return lai.Tensor
function Tensor:index(axis, places) end

--- Selects one place along an axis per element: y[i][j] = x[places[i][j]][j] for axis 1.
---@param axis integer From 1, or from the end if negative.
---@param places integer[]|lai.Tensor From 1, or from the end if negative.
---@return lai.Tensor
function Tensor:gather(axis, places) end

--- The elements where a mask of the same shape is not 0, as a vector.
---@param mask lai.Tensor A mask, such as x:gt(0).
---@return lai.Tensor
function Tensor:masked(mask) end

--- Running sums along an axis.
---@param axis? integer From 1, or from the end if negative; a vector needs none.
---@return lai.Tensor
function Tensor:cumsum(axis) end

---@class lai.Tensor.sort.options
---@field descending? boolean Sort in descending order. (default false)

--- The elements sorted along an axis, and their old places.
--- NaN last; equal elements keep their order. x:sort{descending = true} is for a vector.
---@param axis? integer From 1, or from the end if negative; a vector needs none.
---@param options? lai.Tensor.sort.options 
---@return lai.Tensor, lai.Tensor
function Tensor:sort(axis, options) end

---@class lai.Tensor.topk.options
---@field largest? boolean The largest elements; else the smallest. (default true)

--- The k largest elements along an axis, the best first, and their places.
---@param k integer How many.
---@param axis? integer From 1, or from the end if negative; a vector needs none.
---@param options? lai.Tensor.topk.options 
---@return lai.Tensor, lai.Tensor
function Tensor:topk(k, axis, options) end

--- Reverses one axis.
---@param axis? integer From 1, or from the end if negative; a vector needs none.
---@return lai.Tensor
function Tensor:flip(axis) end

--- The lower triangle of a matrix, zeros above.
---@param offset? integer The number of diagonals above the main one; 0 if left out.
---@return lai.Tensor
function Tensor:tril(offset) end

--- The upper triangle of a matrix, zeros below.
---@param offset? integer The number of diagonals above the main one; 0 if left out.
---@return lai.Tensor
function Tensor:triu(offset) end

--- The same elements as a constant for derivatives; a view.
---@return lai.Tensor
function Tensor:detach() end

--- The number in a tensor of one element; a constant for derivatives.
---@return number
function Tensor:item() end

--- The elements in nested tables, a scalar as a number; constants for derivatives.
---@return table|number
function Tensor:totable() end

--- A contiguous copy.
---@return lai.Tensor
function Tensor:clone() end

--- A copy in another number type; the tensor itself if it already has that type.
---@param dtype "float32"|"float64" The number type.
---@return lai.Tensor
function Tensor:to(dtype) end

--- Writes one number everywhere.
---@param value number The number.
---@return self
function Tensor:fill_(value) end

--- Overwrites the elements by those of another tensor.
--- Derivatives go through, if no view shares this tensor's memory; else they are an error, and lai.cat, lai.stack or a mask:where(x, y) make the tensor anew.
---@param other lai.Tensor|table A tensor of the same shape.
---@return self
function Tensor:copy_(other) end

--- One element; a constant for derivatives.
---@return number
function Tensor:get(...) end

--- Writes one element: set_(i, j, value).
---@return self
function Tensor:set_(...) end

--- A seeded stream of random numbers.
---@class lai.Generator
local Generator = {}

--- The next number, uniform on [0, 1).
---@return number
function Generator:uniform() end

--- The next number, standard normal.
---@return number
function Generator:normal() end

--- A fully connected network; net(x) returns predictions, [n][outputs].
---@class lai.MLP
---@field inputs integer Number of features per row.
---@field outputs integer Number of outputs per row.
---@field hidden (integer)[] Widths of the hidden layers.
---@field activation string The activation's name.
---@field dtype string Number type of the parameters.
---@field parameter_count integer The number of weights and biases.
---@field scaler lai.Scaler? The scaler of the data that it was trained on, or one that was set; saved with it. nil without.
---@field features (string)[]? Names of the features that it was trained on; nil if they had none.
---@field target string? Name of the target that it was trained on; nil if it had none.
---@operator call(lai.Tensor|table|lai.Dataset): lai.Tensor
local MLP = {}

---@class lai.MLP.input_gradient.options
---@field units? "scaled"|"original" scaled: as the network takes x; original: of the target per feature before the scaler. (default "scaled")

--- The slopes dy/dx of each row: [n][inputs] for one output, else [n][outputs][inputs].
--- In original units, slope = slope of the scaled · s_y / s_x, with the scales of target and
--- feature in net.scaler; x is scaled in any case.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that it was trained on, scaled as they were.
---@param options? lai.MLP.input_gradient.options 
---@return lai.Tensor
function MLP:input_gradient(x, options) end

--- Copies of weights and biases, {weights = {…}, biases = {…}}, for net:apply.
---@return {weights: lai.Tensor[], biases: lai.Tensor[]}
function MLP:parameters() end

--- Predictions with other parameters, by which derivatives can be taken.
--- lai.grad(function(p) return net:apply(p, x):mean() end)(net:parameters()). Tensor
--- operations all through: lai.train's own step is several times faster.
---@param parameters lai.Tensor|table Parameters in the form of net:parameters().
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that it was trained on, scaled as they were.
---@return lai.Tensor
function MLP:apply(parameters, x) end

--- Copies of the weights, layer by layer, each [out][in].
---@return (lai.Tensor)[]
function MLP:weights() end

--- Copies of the biases, layer by layer, each [out].
---@return (lai.Tensor)[]
function MLP:biases() end

--- Sets the weights of all layers.
---@param weights (lai.Tensor|table)[] One tensor per layer, [out][in].
---@return self
function MLP:set_weights(weights) end

--- Sets the biases of all layers.
---@param biases (lai.Tensor|table)[] One tensor per layer, [out].
---@return self
function MLP:set_biases(biases) end

--- Keeps a scaler for net:save and net:predict; net(x) still takes scaled rows.
---@param scaler lai.Scaler A scaler with as many features as the network has inputs.
---@return self
function MLP:set_scaler(scaler) end

--- Writes parameters, architecture, scaler, names and categories to a safetensors file.
---@param path string The file, .safetensors; replaced as a whole or not at all.
---@return self
function MLP:save(path) end

--- A copy that shares nothing.
---@return lai.MLP
function MLP:clone() end

--- Predictions in the target's own units, [n][outputs], of data in theirs.
--- lai.train does not change the network that it is given: predict with run.model.
--- The features go through the network's scaler, and the predictions back through that of the
--- target: a network's file is enough to predict from a raw CSV file in another process.
--- Columns of data are found by name, in any order; one that is missing or unknown is an error.
--- Rows of a tensor, and data without names, must have the network's order. Data that the
--- network's own scaler has scaled are not scaled again; those of another scaler are an error.
--- A CSV file is read as that of the training data was: with its categories, and with what filled
--- its missing cells. lai.csv(path, {like = net}) reads it with other separators, or with unknown =
--- "ignore" rows of categories that the training data did not have, and gives its ids.
---@param x lai.Tensor|table|lai.Dataset|string Rows of features, [n][inputs], a data set or a CSV file, in original units.
---@return lai.Tensor
function MLP:predict(x) end

--- The errors of net:predict on data with targets, in the target's own units.
--- rmse: √ of the mean of (ŷ − y)².
--- mae: mean of |ŷ − y|.
--- r2: 1 − Σ(ŷ − y)²/Σ(y − mean y)², the mean over outputs; of constant targets 1 or 0.
--- max_error: the largest |ŷ − y|.
---@param data lai.Dataset|string A data set, or a CSV file, with targets in their own units.
---@return lai.Evaluation
function MLP:evaluate(data) end

--- The partial dependence on a feature, with its slope.
--- lai.probe.partial_dependence(net, x, {feature = feature}):plot(), which has options.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param feature string Its name.
---@return lai.Chart
function MLP:slice_plot(x, feature) end

--- What training minimises: losses and penalties add, and numbers scale them.
---@class lai.Loss
---@operator add(lai.Loss|"mse"|"mae"|"huber"|"logcosh"|"quantile"): lai.Loss
---@operator mul(number): lai.Loss
---@operator div(number): lai.Loss
local Loss = {}

---@class lai.Loss.value.options
---@field slopes? lai.Tensor|table The slopes that penalty.sobolev wants, [n][inputs] for one output, else [n][outputs][inputs].
---@field masks? (lai.Tensor|table)[] What each hidden layer's activations are multiplied with, [n][width], as by dropout.

--- The loss of a network on data.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param y? lai.Tensor|table Targets, [n][outputs], or [n] for one output; left out for those of a data set.
---@param options? lai.Loss.value.options 
---@return number
function Loss:value(net, x, y, options) end

---@class lai.Loss.gradients.options
---@field slopes? lai.Tensor|table The slopes that penalty.sobolev wants, [n][inputs] for one output, else [n][outputs][inputs].
---@field masks? (lai.Tensor|table)[] What each hidden layer's activations are multiplied with, [n][width], as by dropout.

--- The loss and its gradients: a value, and {weights = {…}, biases = {…}} layer by layer.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param y? lai.Tensor|table Targets, [n][outputs], or [n] for one output; left out for those of a data set.
---@param options? lai.Loss.gradients.options 
---@return number, {weights: lai.Tensor[], biases: lai.Tensor[]}
function Loss:gradients(net, x, y, options) end

--- g(k; λ), elementwise: what a Lai loss multiplies residuals with.
---@param k lai.Tensor|table|number Slopes; features along the last axis.
---@return lai.Tensor
function Loss:factor(k) end

--- The factor g(k; λ) of a Lai loss over slopes, with its kinks.
---@return lai.Chart
function Loss:plot() end

--- Rows of features and, if there are any, their targets; print it for a look.
---@class lai.Dataset
---@field x lai.Tensor The features, [n][d].
---@field y lai.Tensor? The targets, [n][outputs] like net(x); nil if there are none.
---@field slopes lai.Tensor? The slopes dy/dx, [n][d] for one output, else [n][outputs][d]; nil without.
---@field features (string)[] Names of the features.
---@field target string? Name of the target; nil if it has none.
---@field ids (integer|string)[]? What names the rows, numbers or strings; nil without.
---@field report lai.CSVReport? What was done to the CSV file that it was read from; nil for other data.
---@operator len: integer
local Dataset = {}

--- The first rows, as a data set.
---@param n? integer Rows, 5 without it.
---@return lai.Dataset
function Dataset:head(n) end

--- The last rows, as a data set.
---@param n? integer Rows, 5 without it.
---@return lai.Dataset
function Dataset:tail(n) end

--- By column: count, missing, mean, std (divisor n − 1), min, quartiles and max.
---@return lai.DataSummary
function Dataset:describe() end

--- Pearson's correlations of all columns, those with the target first.
---@return lai.Correlations
function Dataset:correlations() end

--- How often each value of a column occurs, the most frequent first.
---@param name string A feature, the target, or a column of text.
---@return lai.ValueCounts
function Dataset:value_counts(name) end

--- Histograms of all columns; of one, also the target against it.
---@param name? string A column; all without it.
---@return lai.Chart
function Dataset:plot(name) end

--- A feature or the target, [n]; a column of text, as a list.
---@param name string|string[] Its name; a list of k names gives [n][k].
---@return lai.Tensor|(integer|string)[]
function Dataset:column(name) end

--- The data with these features only, in this order.
---@param names string|string[] The features.
---@return lai.Dataset
function Dataset:select(names) end

--- The data without these features.
---@param names string|string[] The features.
---@return lai.Dataset
function Dataset:drop(names) end

--- The data with new columns, or other values of those with the same names.
--- New features follow the others, sorted by name.
---@param columns table<string, lai.Tensor|table|number> Tensors [n] by name; a number is that of every row.
---@return lai.Dataset
function Dataset:with(columns) end

--- One row, the rows from a first to a last one, or those of a list.
---@param first integer|integer[] The first row, or a list of rows; -1 is the last.
---@param last? integer The last row; without it only the first.
---@return lai.Dataset
function Dataset:rows(first, last) end

--- The rows of which a mask is not 0.
--- Masks are joined by & and |, and inverted by ~: x:gt(0) & x:lt(1). Lua's `and` and `or` return one of the two masks and ignore the other.
---@param mask lai.Tensor|table [n], such as data:column("X1"):gt(0.5).
---@return lai.Dataset
function Dataset:where(mask) end

---@class lai.Dataset.sort.options
---@field descending? boolean The largest first. (default false)

--- The rows sorted by columns; NaN last, and equal rows keep their order.
---@param names string|string[] A feature or the target; of a list, the next ones sort what is equal.
---@param options? lai.Dataset.sort.options 
---@return lai.Dataset
function Dataset:sort(names, options) end

--- The rows of both, these first.
---@param other lai.Dataset Data of the same columns.
---@return lai.Dataset
function Dataset:concat(other) end

---@class lai.Dataset.split.options
---@field validation? number Share of the rows in the second part. (default 0.2)
---@field test? number Share of the rows in a third part.
---@field seed? integer Seed of the choice of rows. (default 1)
---@field stratify? boolean|integer|string Parts with the same distribution of the target: true, or the number of its ranges (10); or of a column, by its name.
---@field group? string A column: rows that are the same in it stay in one part. Text columns are those of id and keep.

--- Splits the rows at random into two data sets, or three: the larger part, the validation part and that of a test.
---@param options? lai.Dataset.split.options 
---@return lai.Dataset, lai.Dataset, lai.Dataset?
function Dataset:split(options) end

---@class lai.Dataset.folds.options
---@field k? integer Folds. (default 5)
---@field seed? integer Seed of the choice of rows. (default 1)
---@field stratify? boolean|integer|string Parts with the same distribution of the target: true, or the number of its ranges (10); or of a column, by its name.
---@field group? string A column: rows that are the same in it stay in one part. Text columns are those of id and keep.

--- For cross-validation: for train, valid in data:folds{k = 5} do … end.
---@param options? lai.Dataset.folds.options 
---@return lai.Folds
function Dataset:folds(options) end

--- What the columns of data are like; print it for a table.
---@class lai.DataSummary
---@field columns table<string, table<string, number>> By column: count, missing, mean, std, min, q25, median, q75, max.
local DataSummary = {}


--- Correlations of the columns of data; print it for a table.
---@class lai.Correlations
---@field names (string)[] The columns.
---@field columns table<string, table<string, number>> By two columns; c.X4.y is c.columns.X4.y.
local Correlations = {}


--- How often each value of a column occurs; print it for a table.
---@class lai.ValueCounts
---@field name string The column.
---@field values (number|string)[] The values, the most frequent first.
---@field counts (integer)[] How often each of them occurs.
---@field missing integer Numbers that are missing (NaN).
---@operator len: integer
local ValueCounts = {}


--- The folds of data, one after the other: train and validation rows.
---@class lai.Folds
---@operator len: integer
---@operator call(any): lai.Dataset?, lai.Dataset?
local Folds = {}


--- What was done to the cells and rows of a CSV file; print it for a summary.
---@class lai.CSVReport
---@field path string The file.
---@field rows integer Rows read, before any were dropped.
---@field filled table<string, integer> The number of cells filled, by column; columns with none are absent.
---@field fills table<string, number> The number that filled the missing cells, by column.
---@field dropped integer Rows dropped because a value was missing.
---@field dropped_lines (integer)[] The lines of the file on which the dropped rows begin.
---@field missing table<string, integer> The number of missing cells, by column, with those of dropped rows.
---@field categories table<string, string[]> The values of each onehot column, in the order of its features.
---@field unknown table<string, integer> The number of cells that are none of the known categories, by column; columns with none are absent.
---@field notes (string)[] Warnings, such as a first column without a name.
local CSVReport = {}


--- Scales features, and targets if it is to, as (value − center) / scale: scaler(data) or scaler(x).
---@class lai.Scaler
---@field center (number)[] What is subtracted from each feature: its mean, or its least value.
---@field scale (number)[] What each feature is divided by: its standard deviation (divisor n), or its range.
---@field mean (number)[] The same as center.
---@field std (number)[] The same as scale.
---@field target_center (number)[]? The center of each output; nil if targets stay as they are.
---@field target_scale (number)[]? The scale of each output; nil if targets stay as they are.
---@field features (string)[] Names of the features.
---@operator call(lai.Dataset|lai.Tensor): any
local Scaler = {}

--- Converts scaled features, or scaled data, back to their units.
---@param x lai.Dataset|lai.Tensor Scaled rows, [n][d], or data that it scaled.
---@return any
function Scaler:inverse(x) end

--- Converts predictions of a scaled target back to its units; leaves others as they are.
---@param y lai.Tensor|table Predictions, [n][outputs].
---@return lai.Tensor
function Scaler:inverse_target(y) end

--- How gradients change parameters: the options, without any state.
---@class lai.Optimizer
local Optimizer = {}


--- How the learning rate changes over the epochs.
---@class lai.Schedule
local Schedule = {}


--- What lai.train returns; print it for a table.
---@class lai.Run
---@field model lai.MLP The trained network: with patience that of the best epoch, else of the last.
---@field warnings (string)[] In words: lambda above what the data allow, slopes of the wrong sign, a target far from the unit scale, an RMSE above the target's own deviation.
---@field history (lai.EpochReport)[] Each epoch's report: epoch, stage, base_loss, lai_loss, lai_ratio, lai_count, above_kink, validation_rmse, validation_rmse_scaled, validation_loss, metrics, learning_rate, seconds.
---@field best_epoch integer? The epoch of the least validation RMSE or, with step, validation value, of the last stage that the run came to; nil without validation.
---@field metrics table<string, number>? The metrics of the epoch that the model is of; nil without.
---@field seconds number How long it took.
---@field outcome string finished, stopped, stopped early, diverged or, of train_all, failed.
---@field problem string? What went wrong in a run that diverged or failed; else nil.
local Run = {}

--- Writes the state of the run, from which lai.resume goes on.
--- Returns the path. A run that diverged has none: its checkpoint is of an earlier epoch.
---@param path string The file; replaced as a whole or not at all.
---@return string
function Run:save(path) end

--- How training went: validation, losses, Lai batches, learning rate.
---@return lai.Chart
function Run:plot() end

---@class lai.Run.report.options
---@field title? string Above the page.

--- Writes a page of HTML: outcome, curves, epochs, network, options.
--- Returns the path. The page needs no other file and no network.
---@param path string Ends in .html.
---@param options? lai.Run.report.options 
---@return string
function Run:report(path, options) end

--- What lai.train gives for a model that is not an MLP; print it for a table.
---@class lai.ScriptedRun
---@field parameters lai.Tensor|table The trained parameters, in the form of those given.
---@field history (lai.EpochReport)[] Each epoch's report: epoch, stage, base_loss, lai_loss, lai_ratio, lai_count, above_kink, validation_rmse, validation_rmse_scaled, validation_loss, metrics, learning_rate, seconds.
---@field best_epoch integer? The epoch of the least validation RMSE or, with step, validation value, of the last stage that the run came to; nil without validation.
---@field metrics table<string, number>? The metrics of the epoch that the model is of; nil without.
---@field seconds number How long it took.
---@field outcome string finished, stopped, stopped early, diverged or, of train_all, failed.
---@field problem string? What went wrong in a run that diverged or failed; else nil.
local ScriptedRun = {}

--- Writes the state of the run, from which lai.resume goes on.
--- Returns the path. A run that diverged has none: its checkpoint is of an earlier epoch.
---@param path string The file; replaced as a whole or not at all.
---@return string
function ScriptedRun:save(path) end

--- How training went: validation, losses, Lai batches, learning rate.
---@return lai.Chart
function ScriptedRun:plot() end

---@class lai.ScriptedRun.report.options
---@field title? string Above the page.

--- Writes a page of HTML: outcome, curves, epochs, network, options.
--- Returns the path. The page needs no other file and no network.
---@param path string Ends in .html.
---@param options? lai.ScriptedRun.report.options 
---@return string
function ScriptedRun:report(path, options) end

--- Changes the tensors that it was given, step by step.
---@class lai.ScriptOptimizer
---@field parameters lai.Tensor|table The tensors, in the form in which they were given.
local ScriptOptimizer = {}

--- One step: towards less of a function of the parameters, or along gradients.
---@param f function|lai.Tensor|table f(parameters), a scalar tensor; or gradients.
---@return number?
function ScriptOptimizer:step(f) end

--- Multiplies the learning rate from here on, as schedules do.
---@param factor number Of the rate that it was made with.
---@return self
function ScriptOptimizer:scale_rate(factor) end

--- What a probe found; print it for a table. It keeps its network and rows for compare.
---@class lai.ProbeResult
---@field probe string The name of the probe.
---@field features (string)[] The names of the measured features.
---@field variance number smoothness: Variance of the outputs (divisor n).
---@field mean_slope (number)[] smoothness: Mean |∂ŷ/∂x|.
---@field slope_p95 (number)[] smoothness: 95th percentile of |∂ŷ/∂x|, interpolated linearly.
---@field standard_error (number)[] smoothness: Standard error of the mean |∂ŷ/∂x|; rows are a sample. noise: Standard error of the sensitivity: rows and noise are a sample, the network is fixed. monotonicity: Standard error of the mean slope; rows are a sample. dgsm: Standard error of dgsm; rows are a sample. permutation: Standard error of the importance over the permutations; 0 for one. worst_case: Standard error of change over the rows. partial_dependence: Standard error of the mean prediction; rows are a sample.
---@field sigma number|(number)[] noise: The noise, if it is the same for all features. noise: The noise, if features differ in it.
---@field sensitivity (number)[] noise: Mean change of the output.
---@field rising (number)[] monotonicity: Share of the rows with a slope > 0.
---@field falling (number)[] monotonicity: Share of the rows with a slope < 0.
---@field signed_slope (number)[] monotonicity: Mean of the slopes, with their signs.
---@field dgsm (number)[] dgsm: Mean squared slope.
---@field bound (number)[] dgsm: Upper bound of the total Sobol index of the feature; above 1 it says nothing.
---@field rmse number permutation: Without permutations.
---@field importance (number)[] permutation: Mean growth of the RMSE.
---@field mean_change number worst_case: Mean over the rows, all measured features moving.
---@field max_change number worst_case: Largest over the rows.
---@field change (number)[] worst_case: Mean over the rows when the feature alone moves.
---@field values (number)[] partial_dependence: The values of the feature.
---@field mean (number)[] partial_dependence: Mean prediction at the value.
---@field slope (number)[] partial_dependence: Mean ∂ŷ/∂x at the value.
local ProbeResult = {}

--- Bars per feature with standard errors; of partial dependence the curve and its slope.
---@return lai.Chart
function ProbeResult:plot() end

---@class lai.ProbeResult.compare.options
---@field control? string The name of the model with which the others are compared; if left out, the network that was measured, which is called control unless models names it.

--- Measures other networks in the same way, on the same rows and with the same random numbers.
--- The first column of the probe is compared, or the mean slope of monotonicity. Changes in %
--- and differences are paired: their standard errors are those of the rows' own changes (of
--- permutations: of each permutation's), not those of two independent measurements. change =
--- 100·(b̄/ā − 1) with the standard error of a ratio, 100·√(Σ (bᵢ − aᵢ·b̄/ā)²/(n(n − 1)))/|ā|
--- (Cochran, Sampling Techniques, 1977).
---@param models table<string, lai.MLP> Networks by name, {mse = net, lai = other}.
---@param options? lai.ProbeResult.compare.options 
---@return lai.ProbeComparison
function ProbeResult:compare(models, options) end

--- What a probe found of several networks on the same rows; print it for a table.
---@class lai.ProbeComparison
---@field probe string The name of the probe.
---@field column string The name of the numbers that are compared.
---@field models (string)[] The names of the networks, the control first.
---@field control string The name of the control.
---@field features (string)[] The names of the measured features.
---@field value table<string, number[]> The numbers that are compared: by model, a list with a number per row of the table.
---@field standard_error table<string, number[]> Their standard errors: by model, a list with a number per row of the table.
---@field change table<string, number[]> Change against the control in %; NaN where the control has 0: by model, a list with a number per row of the table.
---@field change_error table<string, number[]> Paired standard error of change: by model, a list with a number per row of the table.
---@field difference table<string, number[]> Difference to the control: by model, a list with a number per row of the table.
---@field difference_error table<string, number[]> Paired standard error of difference: by model, a list with a number per row of the table.
local ProbeComparison = {}

--- The models side by side, with standard errors.
---@return lai.Chart
function ProbeComparison:plot() end

--- Points, each trained with several seeds; made by lai.sweep.
---@class lai.Sweep
---@field measures (string)[] The names of all measures.
local Sweep = {}

--- Trains and measures what is missing; a store's results are read.
--- Ctrl-C stops it; what has finished stays, and s:run() goes on. A trial that fails is reported, and the others go on.
---@return self
function Sweep:run() end

--- Runs a part of the trials, the i-th of n: one job of a cluster's array.
--- Give each job a store of its own and put them together by lai.store(path):merge(other), or one
--- store on a local disk to all.
---@param i integer From 1.
---@param n integer How many parts there are.
---@return self
function Sweep:shard(i, n) end

--- Means with 95 % intervals, and changes against the control paired by seed.
---@param measures? string|string[] Names such as "rmse", "var" and "noise.X8"; those of the whole network if left out.
---@return lai.Table
function Sweep:table(measures) end

--- Means of a measure with 95 % intervals over a setting, and the control.
---@param setting string A name of the grid, such as "lambda"; or another measure, for both of all points and baselines.
---@param measure string Such as "rmse", "var" or "noise.X8".
---@return lai.Chart
function Sweep:plot(setting, measure) end

--- Each point: options, n, each measure {mean, low, high}, and change in %.
--- row["noise.X8"].mean, row.rmse.low, row.change.rmse.mean; kind is control, point or baseline;
--- failed is the number of failed trials. low and high are nil for a single seed. warning says
--- that no batch has taken the Lai loss, where alpha is a share of too few.
---@return table[]
function Sweep:rows() end

--- The points that no other beats in all of these measures, on fresh seeds.
--- s:front("rmse", "noise.X8", {fresh = 5}). Less is better. The means of the sweep choose the rows;
--- as a winner looks better than it is, they are then trained again with seeds that had no part in
--- it, and judged on the targets of test where it has some. The rows are those results, the
--- control first; searched has the means that chose them. Baselines are rows like others. The result is a
--- list, front[1].rmse.mean, and front:plot() draws it.
---@return lai.Front
function Sweep:front(...) end

--- Writes the table as .csv, .md, .tex, .json, .html or .txt.
---@param path string The file; the numbers of .csv and .json are in full.
---@param measures? string|string[] Names such as "rmse", "var" and "noise.X8"; those of the whole network if left out.
---@return self
function Sweep:export(path, measures) end

---@class lai.Sweep.report.options
---@field title? string Above the page.
---@field measures? string|string[] Those of the tables and pictures; those of the whole network and of few features if left out, and the means of all others by feature.

--- Writes a page of HTML: question, table, baselines, pictures, data, options, script.
--- It needs no other file and no network, and can be read on a phone and on paper.
---@param path string Ends in .html.
---@param options? lai.Sweep.report.options 
---@return self
function Sweep:report(path, options) end

--- By point, how many seeds are needed to see a change of so many percent in a measure.
--- With a power of 80 % at a level of 5 %, two-sided, from the deviation of the paired log ratios so
--- far. false for the control and for points with fewer than two seeds.
---@param measure string Such as "rmse".
---@param percent number The change against the control, 2 for 2 %.
---@return (integer|false)[]
function Sweep:seeds_needed(measure, percent) end

--- The network of a trial, with its scaler; nil if it was not kept.
---@param place integer The point's place in s:rows().
---@param seed? integer The sweep's first one if left out.
---@return lai.MLP?
function Sweep:model(place, seed) end

--- Every trial: point, seed, state, problem, seconds and measures.
---@return table[]
function Sweep:trials() end

--- A list of rows, each a table, that can be drawn; made by s:front.
---@class lai.Front
local Front = {}

--- The front with its intervals, the control, the baselines, and what they beat.
--- The line joins the front's points, judged on fresh seeds. Baselines that are not on the front, and
--- the points that others beat, have the means of the sweep's own seeds, as the legend says. A cross
--- is on every point that a baseline beats on the same seeds in both measures.
---@param x? string A measure; with y in place of the front's, of which all pairs are drawn.
---@param y? string Another measure.
---@return lai.Chart
function Front:plot(x, y) end

--- What lai.tune found; print it for a summary.
---@class lai.Tune
---@field best table? The row that keeps all bounds on fresh seeds and has the least of the measure, less than the control's if that keeps them too; nil without one.
---@field nearest table? Without a best row, the one that comes nearest: to the bounds, or with the least of the measure.
---@field failures table[] Why nearest is not the best: measure, bound, and how far it is beyond, {mean, low, high}, in points of % for what is relative to the control. The bound of the measure to be made small is the control.
---@field better table[] The baselines that keep all bounds and have less of the measure than best.
---@field rows table[] All that ran on fresh seeds: the control, what was judged, and the baselines.
---@field front table[] The rows of the search, on its own seeds, that no other beats in the measures of the question.
---@field model lai.MLP? The network of the best row with the first fresh seed, with its scaler; nil without one.
---@field trials integer How many trials it took, a store's included.
---@field complete boolean false if Ctrl-C stopped it.
local Tune = {}

--- The rows on fresh seeds, with 95 % intervals and changes against the control.
---@return lai.Table
function Tune:table() end

--- The measure of the question against a bound's, on fresh seeds, with the bound.
---@return lai.Chart
function Tune:plot() end

---@class lai.Tune.report.options
---@field title? string Above the page.

--- Writes a page of HTML: question, answer, tables, baselines, pictures, data, options, script.
--- It needs no other file and no network, and can be read on a phone and on paper.
---@param path string Ends in .html.
---@param options? lai.Tune.report.options 
---@return self
function Tune:report(path, options) end

--- A table of a sweep; print it, or take its text in a format.
---@class lai.Table
local Table = {}

--- The table as text, csv, md, tex, json or html.
---@param format "text"|"csv"|"md"|"tex"|"json"|"html" csv and json have numbers in full.
---@return string
function Table:text(format) end

--- Trials in a file, of any number of sweeps.
---@class lai.Store
---@field path string The file.
local Store = {}

---@class lai.Store.trials.options
---@field where? table Settings of the point, {lambda = 0.1, alpha = 0.01}.
---@field state? "waiting"|"running"|"done"|"failed"|"pruned"|"lost" Of the trials.
---@field seed? integer Of the trials.

--- Trials with key, point, seed, state, outcome, problem, seconds and measures.
---@param options? lai.Store.trials.options 
---@return table[]
function Store:trials(options) end

--- The epochs of a trial.
---@param key string As trials gives it.
---@return (lai.EpochReport)[]
function Store:history(key) end

--- The rows of a SELECT, as tables by column.
--- NULL is absent from its row. Columns of one name: the last one counts.
---@param sql string One statement that only reads.
---@return table[]
function Store:query(sql, ...) end

--- Adds the trials of another store, such as that of another part of a sweep.
--- Returns how many trials are new or newly finished. Of trials that both have, a result wins over
--- none; two results are the same.
---@param path string The other file; it is only read.
---@return integer
function Store:merge(path) end

---@class lai.Store.delete.options
---@field where? table Settings of the point, {lambda = 0.1, alpha = 0.01}.
---@field state? "waiting"|"running"|"done"|"failed"|"pruned"|"lost" Of the trials.
---@field seed? integer Of the trials.
---@field keys? string|string[] Keys, as trials gives them.

--- Removes trials and their results; returns how many.
--- Say which: keys, where, state or seed. A sweep that wants them runs them again.
---@param options? lai.Store.delete.options 
---@return integer
function Store:delete(options) end

--- What is wrong with the file, a line for each fault; an empty list if nothing is.
---@return (string)[]
function Store:check() end

--- Closes the file; it is closed anyway once unused.
function Store:close() end

--- A picture: printed with characters, saved as .svg, .png, .pdf or .txt.
---@class lai.Chart
local Chart = {}

---@class lai.Chart.save.options
---@field width? integer Columns of text, the terminal's or 80; units of an SVG, 640.
---@field theme? "automatic"|"light"|"dark" Of the background: automatic, light or dark; the picture's own if left out.

--- Writes the picture; its format is that of the file's extension.
---@param path string Ends in .svg, .png, .pdf or .txt.
---@param options? lai.Chart.save.options 
---@return self
function Chart:save(path, options) end

--- The picture as the text of an SVG file.
---@return string
function Chart:svg() end

---@class lai.Chart.text.options
---@field width? integer Columns of text, the terminal's or 80; units of an SVG, 640.
---@field height? integer Rows of each panel.
---@field ascii? boolean Without characters beyond ASCII; by the locale if left out.
---@field color? boolean Colours; those of the terminal if left out.
---@field theme? "automatic"|"light"|"dark" Of the background: automatic, light or dark; the picture's own if left out.

--- The picture drawn with characters.
--- A terminal is taken to be dark if the variable COLORFGBG says so, "15;0", or TERM is linux. Otherwise
--- the colours of an automatic theme are readable on white and on black.
---@param options? lai.Chart.text.options 
---@return string
function Chart:text(options) end

--- A loss over slope and intercept of straight lines.
---@class lai.Landscape
---@field slopes lai.Tensor [n]
---@field intercepts lai.Tensor [m]
---@field values lai.Tensor [intercepts][slopes]
---@field minimum {slope: number, intercept: number, value: number} Where it is least on the grid: slope, intercept, value.
local Landscape = {}

--- The loss with its minimum.
---@return lai.Chart
function Landscape:plot() end

--- One epoch, as it went.
---@class lai.EpochReport
---@field epoch integer Its number, from 1, over both stages.
---@field stage string pretrain or train.
---@field base_loss number Mean of the base loss over its batches.
---@field lai_loss? number Mean of the Lai loss over what took it; nil without.
---@field lai_ratio? number Ratio of that to the base loss there; nil without.
---@field lai_count integer Batches, or points, that took the Lai loss.
---@field above_kink? table<string, number> By feature, the share of these rows whose |dy/dx| is above what λ wants; nil without.
---@field validation_rmse? number On the validation data, in the target's own units; nil without.
---@field validation_rmse_scaled? number The same in the units of a scaled target, which the losses have; nil unless it is scaled.
---@field validation_loss? number Mean value of step on the validation data; nil without.
---@field metrics? table<string, number> The metrics asked for, by name, in the target's own units; nil without.
---@field learning_rate number The last one.
---@field seconds number Since the beginning of the run.

--- Errors of predictions, in the target's own units.
---@class lai.Evaluation
---@field rmse number Over all rows and outputs: √ of the mean of (ŷ − y)².
---@field mae number Over all rows and outputs: mean of |ŷ − y|.
---@field r2 number Over all rows and outputs: 1 − Σ(ŷ − y)²/Σ(y − mean y)², the mean over outputs; of constant targets 1 or 0.
---@field max_error number Over all rows and outputs: the largest |ŷ − y|.
---@field n integer Rows.
---@field outputs table<string, table<string, number>> The same measures of each output alone, by its name.

---@class lai
---@field version string
local lai = {}

---@class lai.tensor.options
---@field dtype? "float32"|"float64" Number type of the elements. (default float32)

--- A tensor of the numbers in nested tables, or a copy of a tensor.
---@param values lai.Tensor|table|number Numbers in nested tables, a number or a tensor.
---@param options? lai.tensor.options 
---@return lai.Tensor
function lai.tensor(values, options) end

---@class lai.full.options
---@field dtype? "float32"|"float64" Number type of the elements. (default float32)

--- A tensor of one number everywhere.
---@param shape (integer)[] Extents.
---@param value number The number.
---@param options? lai.full.options 
---@return lai.Tensor
function lai.full(shape, value, options) end

---@class lai.eye.options
---@field dtype? "float32"|"float64" Number type of the elements. (default float32)

--- The identity matrix.
---@param n integer Rows and columns.
---@param options? lai.eye.options 
---@return lai.Tensor
function lai.eye(n, options) end

---@class lai.arange.options
---@field dtype? "float32"|"float64" Number type of the elements. (default float32)

--- Numbers from start in steps, without stop.
---@param start number The first.
---@param stop number The end, which is not included.
---@param step? number The distance; 1 if left out.
---@param options? lai.arange.options 
---@return lai.Tensor
function lai.arange(start, stop, step, options) end

---@class lai.linspace.options
---@field dtype? "float32"|"float64" Number type of the elements. (default float32)

--- n numbers from a to b, both included.
---@param a number The first.
---@param b number The last.
---@param n integer How many.
---@param options? lai.linspace.options 
---@return lai.Tensor
function lai.linspace(a, b, n, options) end

--- A tensor of zeros.
--- Options: dtype = "float32" or "float64".
---@return lai.Tensor
function lai.zeros(...) end

--- A tensor of ones.
--- Options: dtype = "float32" or "float64".
---@return lai.Tensor
function lai.ones(...) end

--- Random numbers, uniform on [0, 1).
--- Options: dtype, and generator = lai.generator(seed); without one, the program's
--- own stream, which is the same in every run.
---@return lai.Tensor
function lai.rand(...) end

--- Random numbers, standard normal.
--- Options: dtype, and generator = lai.generator(seed); without one, the program's
--- own stream, which is the same in every run.
---@return lai.Tensor
function lai.randn(...) end

---@class lai.save.options
---@field metadata? table<string, string> Texts by name; only for .safetensors.
---@field compressed? boolean Compress the file, which takes longer; only for .npz. (default false)

--- Writes tensors to a .npy, .npz or .safetensors file, and columns to a .csv file.
--- .npy (NumPy) holds one tensor; .npz (NumPy) and .safetensors (Hugging Face) hold any number
--- by name. There, a list's are called arr_0, arr_1, … as np.savez does, and a single tensor
--- arr_0. A .csv file takes a data set, with its ids, or a table of columns: tensors [n] or [n][1]
--- and lists of numbers or strings; id comes first, the others follow by name, or in the order of
--- a list {{name, column}, …}. float32 and float64 are written as they are, row major, little endian. The file is
--- replaced as a whole or not at all.
---@param path string The file; its extension says the format.
---@param tensors lai.Tensor|lai.Tensor[]|table<string, lai.Tensor|table>|lai.Dataset A tensor, a list, or a table by name; for .csv a data set, or columns by name.
---@param options? lai.save.options 
function lai.save(path, tensors, options) end

---@class lai.load.options
---@field names? string|string[] The names of the tensors to read; only for .npz and .safetensors.
---@field map? boolean Use the file's own bytes, mapped into memory; not for .npz. (default false)
---@field round? boolean Round 64-bit integers that float64 does not hold. (default false)

--- Tensors from a .npy, .npz or .safetensors file.
--- Returns the tensor of a .npy file, of .npz and .safetensors a table of tensors by name, and of
--- .safetensors its metadata, texts by name, as a second result. What a .npz file holds beside
--- arrays of numbers is skipped; the second result then has the reasons by name, and a line on
--- standard error says so. names = {…} reads only these, and what is skipped otherwise is an
--- error there.
--- float32, float16, bfloat16, booleans and integers of 8 and 16 bits become float32; float64
--- and longer integers float64. A 64-bit integer that float64 does not hold (all beyond 2^53
--- are suspect) is an error unless round = true. Complex numbers, texts, objects, records,
--- dates and 8-bit floats are errors.
--- map = true is for files larger than memory, or of which little is needed: pages are read
--- when they are first used. It applies to float32 and float64 that lie aligned in the
--- machine's byte order; others are copied all the same. Writing to such a tensor never
--- reaches the file. If another program changes the file meanwhile, that may show, and what it
--- cuts off reads as nan, or as 0 to the end of a page; lai.save replaces files and disturbs
--- nobody.
---@param path string The file; its extension says the format.
---@param options? lai.load.options 
---@return lai.Tensor|table<string, lai.Tensor>, table<string, string>?
function lai.load(path, options) end

--- Concatenates tensors along an axis.
---@param tensors (lai.Tensor)[] A list of tensors.
---@param axis? integer From 1, or from the end if negative; 1 if left out.
---@return lai.Tensor
function lai.cat(tensors, axis) end

--- Stacks tensors of one shape along a new axis.
---@param tensors (lai.Tensor)[] A list of tensors.
---@param axis? integer From 1, or from the end if negative; 1 if left out.
---@return lai.Tensor
function lai.stack(tensors, axis) end

--- The gradient of a scalar function by its first argument, as a function of the same arguments.
--- The gradient has the form of x: a tensor, or a nested table of tensors.
--- f must be made of lai's tensor operations; it may take derivatives itself, to any order. Numbers
--- of a tensor, as x:item(), x:get(i) and x:totable() return them, count as constants, and so does
--- x:detach(); every other function carries the derivative on, or raises an error. No result shares
--- its memory with another, or with what was given.
---@param f function A function of x and of any further arguments.
---@return fun(x: lai.Tensor|table|number, ...): any
function lai.grad(f) end

--- As lai.grad, with the value before the gradient.
--- f must be made of lai's tensor operations; it may take derivatives itself, to any order. Numbers
--- of a tensor, as x:item(), x:get(i) and x:totable() return them, count as constants, and so does
--- x:detach(); every other function carries the derivative on, or raises an error. No result shares
--- its memory with another, or with what was given.
---@param f function A function of x and of any further arguments.
---@return fun(x: lai.Tensor|table|number, ...): lai.Tensor, any
function lai.value_and_grad(f) end

--- The value of a function, and the product of a cotangent with its Jacobian.
--- lai.vjp(f)(x, c, ...): c has the form of f's value, the result that of x.
--- f must be made of lai's tensor operations; it may take derivatives itself, to any order. Numbers
--- of a tensor, as x:item(), x:get(i) and x:totable() return them, count as constants, and so does
--- x:detach(); every other function carries the derivative on, or raises an error. No result shares
--- its memory with another, or with what was given.
---@param f function A function of x and of any further arguments.
---@return fun(x: lai.Tensor|table|number, c: any, ...): any, any
function lai.vjp(f) end

--- The value of a function, and its derivative along a tangent.
--- lai.jvp(f)(x, t, ...): t has the form of x, the result that of f's value.
--- f must be made of lai's tensor operations; it may take derivatives itself, to any order. Numbers
--- of a tensor, as x:item(), x:get(i) and x:totable() return them, count as constants, and so does
--- x:detach(); every other function carries the derivative on, or raises an error. No result shares
--- its memory with another, or with what was given.
---@param f function A function of x and of any further arguments.
---@return fun(x: lai.Tensor|table|number, t: any, ...): any, any
function lai.jvp(f) end

--- All derivatives of a function, of shape (value's) + (x's).
--- Where f's value or x are tables, the result has the form of the value, and at each of its
--- tensors that of x. One pass backwards an element of the value.
--- f must be made of lai's tensor operations; it may take derivatives itself, to any order. Numbers
--- of a tensor, as x:item(), x:get(i) and x:totable() return them, count as constants, and so does
--- x:detach(); every other function carries the derivative on, or raises an error. No result shares
--- its memory with another, or with what was given.
---@param f function A function of x and of any further arguments.
---@return fun(x: lai.Tensor|table|number, ...): any
function lai.jacobian(f) end

--- All second derivatives of a scalar function, of shape (x's) + (x's).
--- If x is a table, the result has its form, and at each of its tensors again the form of x.
--- f must be made of lai's tensor operations; it may take derivatives itself, to any order. Numbers
--- of a tensor, as x:item(), x:get(i) and x:totable() return them, count as constants, and so does
--- x:detach(); every other function carries the derivative on, or raises an error. No result shares
--- its memory with another, or with what was given.
---@param f function A function of x and of any further arguments.
---@return fun(x: lai.Tensor|table|number, ...): any
function lai.hessian(f) end

---@class lai.gradcheck.options
---@field order? integer The highest order of derivatives to compare. (default 1)
---@field step? number The shift of an element, in units of max(1, |element|). (default 1e-05)
---@field tolerance? number The largest error, in units of 1 + the largest difference quotient. (default 1e-06)

--- Compares a function's gradients with finite differences in float64.
--- Of every order up to `order`; an error names the first element that is wrong. Values that
--- are not scalars are added up with random weights. x is converted to float64; f's own
--- constants should be float64 too.
---@param f function A function of x and of any further arguments.
---@param x lai.Tensor|table|number A tensor, a nested table of tensors, or a number.
---@param options? lai.gradcheck.options 
---@return boolean
function lai.gradcheck(f, x, options) end

--- A stream of random numbers; the same seed yields the same numbers.
---@param seed integer The stream's seed.
---@return lai.Generator
function lai.generator(seed) end

--- Restarts the default stream of random numbers.
--- lai.rand and lai.randn draw from it if no generator is given; it starts with seed 0.
---@param seed integer The stream's seed.
function lai.manual_seed(seed) end

---@class lai.mlp.options
---@field inputs integer Number of features per row.
---@field hidden? integer|(integer)[] Widths of the hidden layers; a number is that of a single one, {} is none. (default [64, 64])
---@field outputs? integer Number of outputs per row. (default 1)
---@field activation? "identity"|"tanh"|"sigmoid"|"relu"|"leaky_relu"|"softplus"|"gelu"|"silu"|"elu"|"sin" The activation between the layers; the last layer is linear. (default "tanh")
---@field seed? integer Seed of the initial weights. (default 1)
---@field dtype? "float32"|"float64" Number type of the parameters. (default float32)

--- A fully connected network.
--- Weights [out][in] and biases start uniform in ±1/sqrt(in), as PyTorch's Linear does.
--- Activations: identity (z), tanh (tanh z), sigmoid (1/(1 + e⁻ᶻ)), relu (max(0, z)), leaky_relu (z, or 0.01 z below 0), softplus (ln(1 + eᶻ)), gelu (z Φ(z), exact), silu (z/(1 + e⁻ᶻ)), elu (z, or eᶻ − 1 below 0), sin (sin z).
---@param options lai.mlp.options 
---@return lai.MLP
function lai.mlp(options) end

--- Reads a network from a file that net:save wrote.
---@param path string A .safetensors file.
---@return lai.MLP
function lai.mlp_load(path) end

lai.loss = {}

--- Mean squared error.
--- The mean of e², e = prediction − target.
---@return lai.Loss
function lai.loss.mse() end

--- Mean absolute error.
--- The mean of |e|, e = prediction − target. The derivative at e = 0 is 0.
---@return lai.Loss
function lai.loss.mae() end

---@class lai.loss.huber.options
---@field delta? number δ, where the straight part begins. (default 1)

--- Huber's loss: squares of small residuals, absolute values of large ones.
--- The mean of e²/2 where |e| ≤ δ, else of δ(|e| − δ/2). Source: Huber, Robust estimation of a
--- location parameter, 1964; PyTorch's HuberLoss.
---@param options? lai.loss.huber.options 
---@return lai.Loss
function lai.loss.huber(options) end

--- The mean of log cosh e: smooth, e²/2 near 0 and |e| − log 2 far from it.
--- Computed without overflow. Source: Saleh & Saleh, Statistical properties of the log-cosh loss
--- function, arXiv 2208.04564.
---@return lai.Loss
function lai.loss.logcosh() end

---@class lai.loss.quantile.options
---@field q? number The quantile. (default 0.5)

--- The pinball loss, which a prediction of the q-quantile minimises.
--- The mean of max(q·r, (q − 1)·r), r = target − prediction; q = 0.5 is half of mae. Source:
--- Koenker & Bassett, Regression quantiles, 1978.
---@param options? lai.loss.quantile.options 
---@return lai.Loss
function lai.loss.quantile(options) end

---@class lai.loss.lai.options
---@field base? "mse"|"mae"|"huber"|"logcosh"|"quantile"|lai.Loss The residual that the factor multiplies. (default "mse")
---@field lambda? number|(number|false)[]|table<string, number|false> λ > 0: a number, a list (one per feature), or by name {X8 = 1e-3, default = 0.1}; false leaves a feature out.
---@field slope? number|(number|false)[]|table<string, number|false> Instead of lambda: the wanted |dy/dx|. λ is its square, or the slope itself for mae and quantile.
---@field norm? "l1"|"l2"|"elastic" Over the directions. (default "l2")
---@field mix? number Of elastic: mix·l1 + (1 − mix)·l2. (default 0.5)
---@field reduction? "batch"|"sample" batch: the norm of the mean losses per direction; sample: the mean of each sample's norm. (default "batch")
---@field detach? "residual"|"slope" Stops the gradient through residuals or slopes, for diagnosis.
---@field units? "scaled"|"original" Of the slopes that λ wants: scaled, as the network takes x, or original, as before net.scaler. (default "scaled")

--- The Lai loss: residuals times a function g of the network's own slopes.
--- mae: |e|·max(|k|, λ) / (min(1, λ)·√(1 + k²)); mse: e²·max(k², λ) / (min(1, λ)·(1 + k²)),
--- with k = dy/dx as the network receives x. huber and logcosh take the factor of mse, quantile that of mae.
--- With units = "original", λ is for slopes of the target's own units per feature's own unit,
--- and is multiplied with (s_x/s_y)², or s_x/s_y for mae and quantile: s_x and s_y are the scales
--- of feature and target in the data's scaler.
--- Source: Lai, arXiv 2405.07884, §2 and §3.
---@param options? lai.loss.lai.options 
---@return lai.Loss
function lai.loss.lai(options) end

---@class lai.lambdas.options
---@field lambda? number|(number|false)[]|table<string, number|false> λ > 0: a number, a list (one per feature), or by name {X8 = 1e-3, default = 0.1}; false leaves a feature out.
---@field slope? number|(number|false)[]|table<string, number|false> Instead of lambda: the wanted |dy/dx|. λ is its square, or the slope itself for mae and quantile.
---@field base? "mse"|"mae"|"huber"|"logcosh"|"quantile"|lai.Loss The residual that the factor multiplies. (default "mse")
---@field scaler? lai.Scaler With slope: slopes are in original units of target and feature, as before this scaler.

--- λ of each feature by name, to be changed and given to lai.loss.lai.
--- lai.lambdas(data, 0.1) has 0.1 for every feature. With slope, λ is what wants that |dy/dx|: its
--- square, or the slope itself with base = "mae" or "quantile". Slopes are those of the network's
--- own inputs unless scaler is given; then λ is (slope·s_x/s_y)², with the scaler's scales of
--- feature and target (1 if it leaves targets as they are). false leaves a feature out.
---@param data lai.Dataset The data, whose columns give the names.
---@param options lai.lambdas.options λ of all features, or options.
---@return table<string, number|false>
function lai.lambdas(data, options) end

---@class lai.loss.custom.options
---@field base? "mse"|"mae"|"huber"|"logcosh"|"quantile"|lai.Loss For pre-training, for batches that do not take the custom loss, and for penalties of the slopes of each row's loss. (default "mse")

--- A loss written in Lua, for lai.train with any network.
--- prediction and target are [n][outputs]; slopes, dy/dx, are [n][inputs] for one output, else
--- [n][outputs][inputs]. The tape takes the derivatives of f, the network's part is the fast
--- step's. A function of two parameters is spared the slopes. In lai.train, alpha is 1 unless
--- given: every batch takes the loss.
--- lai.train_all trains such runs side by side, each with a copy of f that has the values which
--- f's variables have when the run begins. Where f does more than compute (prints, writes or
--- reads files, draws random numbers, assigns to a variable that outlives the call, holds what
--- cannot be copied), the run falls back: it begins again on the script's own thread, such runs
--- one after the other, with the same results. Of a host's script with limits all do.
--- It adds to other losses and penalties.
---@param f function f(prediction, target, slopes), a scalar tensor.
---@param options? lai.loss.custom.options 
---@return lai.Loss
function lai.loss.custom(f, options) end

lai.penalty = {}

---@class lai.penalty.jacobian.options
---@field weight? number What the penalty is multiplied with. (default 1)
---@field power? integer Of the slopes: 2 or 1. (default 2)
---@field features? string|string[]|number|(number|false)[]|table<string, number|false> The features that count, by name, or their weights > 0; all others take default, or are left out.
---@field at? "data"|"interpolated" Where slopes are taken: at the rows, or between random pairs of them. (default "data")
---@field projections? integer Estimates the sum over several outputs by so many random directions.

--- The network's slopes, squared or absolute.
--- weight · (1/n) Σᵢ Σⱼ |kᵢⱼ|^power, summed over the outputs. at = "interpolated" takes the slopes
--- at random points between the rows of pairs instead. Source: Sokolić et al. 2017; Varga et al.
--- 2018 (projections); Thanh-Tung et al. 2019 (interpolated).
--- It is added to a loss: lai.loss.mse() + 0.1 * lai.penalty.jacobian{…}.
---@param options? lai.penalty.jacobian.options 
---@return lai.Loss
function lai.penalty.jacobian(options) end

---@class lai.penalty.double_backprop.options
---@field weight? number What the penalty is multiplied with. (default 1)
---@field features? string|string[]|number|(number|false)[]|table<string, number|false> The features that count, by name, or their weights > 0; all others take default, or are left out.

--- The squared slopes of each row's loss.
--- weight · (1/n) Σᵢ ‖∂ℓᵢ/∂xᵢ‖², where ℓᵢ is the residual's loss of row i: for mse
--- weight · (1/n) Σᵢ 4eᵢ²‖kᵢ‖². Source: Drucker & LeCun 1991.
--- It is added to a loss: lai.loss.mse() + 0.1 * lai.penalty.double_backprop{…}.
---@param options? lai.penalty.double_backprop.options 
---@return lai.Loss
function lai.penalty.double_backprop(options) end

---@class lai.penalty.input_gradient.options
---@field weight? number What the penalty is multiplied with. (default 1)
---@field norm? "l2"|"l1"|"linf" Euclidean, sum of absolute values, or largest. (default "l2")
---@field squared? boolean Whether the norm is squared. (default false)
---@field features? string|string[]|number|(number|false)[]|table<string, number|false> The features that count, by name, or their weights > 0; all others take default, or are left out.
---@field steps? number h: a finite difference along the gradient's direction instead.

--- A norm of the slopes of each row's loss, or its square.
--- weight · (1/n) Σᵢ ‖∂ℓᵢ/∂xᵢ‖, where ℓᵢ is the residual's loss of row i. With steps = h it is
--- (ℓᵢ(xᵢ + h·d) − ℓᵢ(xᵢ))/h along the gradient's direction d, which counts as constant; it is
--- computed in float64, also for float32 networks. Source: Finlay & Oberman 2021; Yu et al. 2018.
--- It is added to a loss: lai.loss.mse() + 0.1 * lai.penalty.input_gradient{…}.
---@param options? lai.penalty.input_gradient.options 
---@return lai.Loss
function lai.penalty.input_gradient(options) end

---@class lai.penalty.sobolev.options
---@field weight? number What the penalty is multiplied with. (default 1)
---@field targets? lai.Tensor|table The slopes K, [n][features] for one output, else [n][outputs][features].
---@field features? string|string[]|number|(number|false)[]|table<string, number|false> The features that count, by name, or their weights > 0; all others take default, or are left out.

--- The distance of the network's slopes from given ones.
--- weight · (1/n) Σᵢ ‖kᵢ − Kᵢ‖², summed over the outputs. K is targets or, without, the slopes of
--- the data set. Source: Czarnecki et al. 2017.
--- It is added to a loss: lai.loss.mse() + 0.1 * lai.penalty.sobolev{…}.
---@param options? lai.penalty.sobolev.options 
---@return lai.Loss
function lai.penalty.sobolev(options) end

---@class lai.penalty.l2.options
---@field weight? number What the penalty is multiplied with. (default 1)
---@field biases? boolean Whether biases count too. (default false)

--- Squares of the weights.
--- weight/2 · Σ w² over the weight matrices. Unlike AdamW's decay it is part of the loss. Source:
--- Hoerl & Kennard 1970.
--- It is added to a loss: lai.loss.mse() + 0.1 * lai.penalty.l2{…}.
---@param options? lai.penalty.l2.options 
---@return lai.Loss
function lai.penalty.l2(options) end

---@class lai.penalty.l1.options
---@field weight? number What the penalty is multiplied with. (default 1)
---@field biases? boolean Whether biases count too. (default false)

--- Absolute values of the weights.
--- weight · Σ |w| over the weight matrices; the derivative at 0 is 0. Source: Tibshirani 1996.
--- It is added to a loss: lai.loss.mse() + 0.1 * lai.penalty.l1{…}.
---@param options? lai.penalty.l1.options 
---@return lai.Loss
function lai.penalty.l1(options) end

---@class lai.penalty.elastic.options
---@field weight? number What the penalty is multiplied with. (default 1)
---@field mix? number The share of l1. (default 0.5)
---@field biases? boolean Whether biases count too. (default false)

--- Absolute values and squares of the weights: mix · l1 + (1 − mix) · l2.
--- weight · (mix · Σ |w| + (1 − mix)/2 · Σ w²) over the weight matrices. Source: Zou & Hastie
--- 2005.
--- It is added to a loss: lai.loss.mse() + 0.1 * lai.penalty.elastic{…}.
---@param options? lai.penalty.elastic.options 
---@return lai.Loss
function lai.penalty.elastic(options) end

---@class lai.csv.options
---@field target? string The column of the targets; without it the data have no y.
---@field id? string The column that names the rows: d.ids, no feature.
---@field keep? string|string[] Columns kept as text, no features: for groups, and for files that lai.save writes. (default {})
---@field like? lai.Dataset|lai.MLP Data, or a trained network, whose columns, categories and fills the file's become: for new rows. The target may be absent.
---@field unknown? "error"|"ignore" With like, for cells that are none of the categories: an error, or ignore, 0 in all features of the column. (default error)
---@field columns? string|string[] The features, in this order; all if left out.
---@field drop? string|string[] Columns to leave out; their cells are not checked. (default {})
---@field onehot? string|string[] Text column or columns to turn into one 0/1 feature per value, named column=value. (default {})
---@field missing? "error"|"drop"|"mean"|"median"|number For missing cells: an error, drop the row, the column's mean or median, or a number. (default error)
---@field missing_target? "error"|"drop" For rows without a target: an error, or drop, whatever missing says. (default error)
---@field na? string|number|(string|number)[] Cells that count as missing besides empty ones, in upper or lower case. (default {"NA", "N/A", "#N/A", "<NA>", "NaN", "-NaN", "null", "?"})
---@field dtype? "float32"|"float64" Number type of x and y. (default float32)
---@field separator? string Character between cells; " " stands for any number of blanks. (default ",")
---@field decimal? string Character before the decimals. (default ".")
---@field thousands? string Character between groups of three digits.
---@field quote? string Character around cells with separators; "" for none. (default """)
---@field comment? string Character that begins a comment, up to the end of the line.
---@field skip? integer Lines before the header to leave out. (default 0)
---@field names? (string)[] Names for a file without a header.
---@field rows? integer|integer[] How many rows to read at most, or {first, last}.
---@field encoding? "utf-8"|"latin-1"|"windows-1252"|"utf-16" utf-8, latin-1, windows-1252 or utf-16. (default utf-8)

--- A data set from a CSV file with a header.
--- missing is for empty cells and the markers in na, and for nothing else. Text among numbers,
--- infinities, numbers beyond the dtype's range, and integers in plain digits that the dtype
--- can only round are errors that name file, line, column and value. A number is rounded to
--- the nearest of the dtype, 1e-400 to 0. A missing target is an error unless rows are dropped:
--- missing_target = "drop" leaves out only the rows without a target;
--- a missing cell of a onehot column is filled with 0 in all of its features. A na marker that
--- is a number stands for that number, however it is written: na = {-999}.
--- A column without a name is "column k", its place: pandas and R write row numbers so, and
--- drop = "column 1" leaves them out. Unless drop or columns say what to do with such a first
--- column, a note on standard error says that it is a feature. So does a note about any other
--- column that numbers the rows: id = "Id" keeps it aside.
--- d.report says which cells were filled and which rows dropped; with unknown = "ignore", which cells
--- were of no category that is known.
---@param path string The file, which gzip may have compressed.
---@param options? lai.csv.options 
---@return lai.Dataset
function lai.csv(path, options) end

---@class lai.dataset.options
---@field features? string|string[] Names of the columns of x. Without names they are shown as X1, X2, …, and only their number is compared with that of other data.
---@field target? string Name of y.
---@field slopes? lai.Tensor|table The slopes dy/dx that lai.penalty.sobolev wants of a network: [n][d] for one output, else [n][outputs][d].
---@field ids? (integer|string)[] What names the rows, numbers or strings; no feature.

--- A data set of tensors, such as those of a NumPy file.
---@param x lai.Tensor|table The features, [n][d]; shared, not copied.
---@param y? lai.Tensor|table The targets, [n][outputs], or [n] for one output; shared, not copied; nil for none.
---@param options? lai.dataset.options 
---@return lai.Dataset
function lai.dataset(x, y, options) end

lai.synthetic = {}

---@class lai.synthetic.friedman1.options
---@field n? integer Rows. (default 1000)
---@field noise? number Standard deviation of the noise on y. (default 1)
---@field seed? integer Seed of features and noise. (default 1)
---@field dtype? "float32"|"float64" Number type of x and y. (default float32)

--- Friedman's first problem: 10 uniform features, of which 5 matter.
--- y = 10 sin(π x1 x2) + 20 (x3 − 0.5)² + 10 x4 + 5 x5 + noise·N(0, 1).
--- Source: Friedman, Annals of Statistics 19 (1991).
---@param options? lai.synthetic.friedman1.options 
---@return lai.Dataset
function lai.synthetic.friedman1(options) end

---@class lai.synthetic.line.options
---@field slope? number Slope. (default 3)
---@field intercept? number Intercept. (default 4)
---@field noise? number Half-width of the noise on y, uniform. (default 0)
---@field width? number Half-width of x, uniform in ±width. (default 1)
---@field n? integer Rows. (default 1000)
---@field seed? integer Seed of features and noise. (default 1)
---@field dtype? "float32"|"float64" Number type of x and y. (default float32)

--- Points around a straight line: x uniform and centred, uniform noise on y.
---@param options? lai.synthetic.line.options 
---@return lai.Dataset
function lai.synthetic.line(options) end

---@class lai.standardize.options
---@field target? boolean Whether the targets are scaled too. (default false)

--- The scaler that gives each feature the mean 0 and the standard deviation 1.
--- With target = true, y is scaled in the same way. Losses are then those of the scaled target; RMSE
--- and metrics of a run, net:predict and net:evaluate are in the target's own units. A constant
--- column has the scale 1. A network that is trained on scaled data keeps the scaler.
---@param data lai.Dataset The training data, whose numbers it uses.
---@param options? lai.standardize.options 
---@return lai.Scaler
function lai.standardize(data, options) end

---@class lai.minmax.options
---@field target? boolean Whether the targets are scaled too. (default false)

--- The scaler that brings each feature to the range from 0 to 1.
--- With target = true, y is scaled in the same way. Losses are then those of the scaled target; RMSE
--- and metrics of a run, net:predict and net:evaluate are in the target's own units. A constant
--- column has the scale 1. A network that is trained on scaled data keeps the scaler.
---@param data lai.Dataset The training data, whose numbers it uses.
---@param options? lai.minmax.options 
---@return lai.Scaler
function lai.minmax(data, options) end

---@class lai.scaler.options
---@field center (number)[] What is subtracted from each feature.
---@field scale (number)[] What each feature is divided by then.
---@field features? string|string[] Names of the features; without them only their number is compared with that of data.
---@field target? table {center = …, scale = …} of the target: numbers, or lists with one per output.
---@field target_name? string Name of the target.

--- A scaler of given numbers: (value - center) / scale.
---@param options lai.scaler.options 
---@return lai.Scaler
function lai.scaler(options) end

---@class lai.adam.options
---@field lr? number Learning rate. (default 0.001)
---@field beta1? number Decay of the first moment. (default 0.9)
---@field beta2? number Decay of the second moment. (default 0.999)
---@field epsilon? number Added to the root of the second moment. (default 1e-08)
---@field weight_decay? number Weight decay, as an L2 penalty. (default 0)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- The Adam optimizer.
--- Source: Kingma and Ba, 2015; defaults are PyTorch's.
---@param options? lai.adam.options 
---@return lai.Optimizer
function lai.adam(options) end

---@class lai.adamw.options
---@field lr? number Learning rate. (default 0.001)
---@field beta1? number Decay of the first moment. (default 0.9)
---@field beta2? number Decay of the second moment. (default 0.999)
---@field epsilon? number Added to the root of the second moment. (default 1e-08)
---@field weight_decay? number Weight decay, apart from the gradient. (default 0.01)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- Adam with decoupled weight decay.
--- Source: Loshchilov and Hutter, 2019; defaults are PyTorch's.
---@param options? lai.adamw.options 
---@return lai.Optimizer
function lai.adamw(options) end

---@class lai.sgd.options
---@field lr? number Learning rate. (default 0.01)
---@field momentum? number Momentum coefficient. (default 0)
---@field nesterov? boolean Nesterov's momentum. (default false)
---@field weight_decay? number Weight decay, as an L2 penalty. (default 0)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- Gradient descent with momentum.
--- As PyTorch's SGD, without dampening.
---@param options? lai.sgd.options 
---@return lai.Optimizer
function lai.sgd(options) end

---@class lai.rmsprop.options
---@field lr? number Learning rate. (default 0.01)
---@field alpha? number Decay of the second moment. (default 0.99)
---@field epsilon? number Added to the root of the second moment. (default 1e-08)
---@field momentum? number Momentum coefficient. (default 0)
---@field weight_decay? number Weight decay, as an L2 penalty. (default 0)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- RMSprop.
--- Source: Hinton, 2012; defaults are PyTorch's.
---@param options? lai.rmsprop.options 
---@return lai.Optimizer
function lai.rmsprop(options) end

---@class lai.lion.options
---@field lr? number Learning rate. (default 0.0001)
---@field beta1? number Weight of the momentum in the direction. (default 0.9)
---@field beta2? number Decay of the momentum. (default 0.99)
---@field weight_decay? number Weight decay, apart from the gradient. (default 0)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- Lion: steps of one size, by the sign of a momentum.
--- Source: Chen et al., 2023, arXiv 2302.06675.
---@param options? lai.lion.options 
---@return lai.Optimizer
function lai.lion(options) end

---@class lai.lbfgs.options
---@field max_iter? integer Most iterations in a step. (default 20)
---@field history? integer Iterations whose curvature is kept. (default 10)
---@field tolerance? number Largest |gradient| at which the search ends. (default 1e-07)

--- L-BFGS, for smooth functions without noise.
--- Each batch takes one step: at most max_iter iterations, each with a line search for the strong
--- Wolfe conditions, with the curvature that earlier steps showed. Best with batches of all rows:
--- smaller batches are other functions. An error leaves the parameters as they were before the
--- step. A schedule scales the length at which a search begins.
--- Source: Nocedal and Wright, 2006, algorithms 3.5, 3.6 and 7.4.
---@param options? lai.lbfgs.options 
---@return lai.Optimizer
function lai.lbfgs(options) end

lai.schedule = {}

--- The learning rate stays.
---@return lai.Schedule
function lai.schedule.constant() end

---@class lai.schedule.cosine.options
---@field floor? number Share of the learning rate at the end. (default 0)
---@field phase? "all"|"train" all, the default, or train: of the second phase alone, with the full rate in pre-training.

--- The learning rate falls along half a cosine over all epochs.
---@param options? lai.schedule.cosine.options 
---@return lai.Schedule
function lai.schedule.cosine(options) end

---@class lai.schedule.step.options
---@field every integer Epochs between two steps.
---@field factor? number What a step multiplies by. (default 0.5)
---@field phase? "all"|"train" all, the default, or train: of the second phase alone, with the full rate in pre-training.

--- The learning rate is multiplied every so many epochs.
---@param options lai.schedule.step.options 
---@return lai.Schedule
function lai.schedule.step(options) end

lai.optim = {}

---@class lai.optim.adam.options
---@field lr? number Learning rate. (default 0.001)
---@field beta1? number Decay of the first moment. (default 0.9)
---@field beta2? number Decay of the second moment. (default 0.999)
---@field epsilon? number Added to the root of the second moment. (default 1e-08)
---@field weight_decay? number Weight decay, as an L2 penalty. (default 0)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- The Adam optimizer.
--- step(f) takes one step towards less of f(parameters), a scalar tensor, and returns the value
--- before the step; step(gradients) takes gradients in the form of the parameters. The tensors are
--- changed in place.
--- Source: Kingma and Ba, 2015; defaults are PyTorch's.
---@param parameters lai.Tensor|table A tensor or a nested table of them.
---@param options? lai.optim.adam.options 
---@return lai.ScriptOptimizer
function lai.optim.adam(parameters, options) end

---@class lai.optim.adamw.options
---@field lr? number Learning rate. (default 0.001)
---@field beta1? number Decay of the first moment. (default 0.9)
---@field beta2? number Decay of the second moment. (default 0.999)
---@field epsilon? number Added to the root of the second moment. (default 1e-08)
---@field weight_decay? number Weight decay, apart from the gradient. (default 0.01)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- Adam with decoupled weight decay.
--- step(f) takes one step towards less of f(parameters), a scalar tensor, and returns the value
--- before the step; step(gradients) takes gradients in the form of the parameters. The tensors are
--- changed in place.
--- Source: Loshchilov and Hutter, 2019; defaults are PyTorch's.
---@param parameters lai.Tensor|table A tensor or a nested table of them.
---@param options? lai.optim.adamw.options 
---@return lai.ScriptOptimizer
function lai.optim.adamw(parameters, options) end

---@class lai.optim.sgd.options
---@field lr? number Learning rate. (default 0.01)
---@field momentum? number Momentum coefficient. (default 0)
---@field nesterov? boolean Nesterov's momentum. (default false)
---@field weight_decay? number Weight decay, as an L2 penalty. (default 0)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- Gradient descent with momentum.
--- step(f) takes one step towards less of f(parameters), a scalar tensor, and returns the value
--- before the step; step(gradients) takes gradients in the form of the parameters. The tensors are
--- changed in place.
--- As PyTorch's SGD, without dampening.
---@param parameters lai.Tensor|table A tensor or a nested table of them.
---@param options? lai.optim.sgd.options 
---@return lai.ScriptOptimizer
function lai.optim.sgd(parameters, options) end

---@class lai.optim.rmsprop.options
---@field lr? number Learning rate. (default 0.01)
---@field alpha? number Decay of the second moment. (default 0.99)
---@field epsilon? number Added to the root of the second moment. (default 1e-08)
---@field momentum? number Momentum coefficient. (default 0)
---@field weight_decay? number Weight decay, as an L2 penalty. (default 0)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- RMSprop.
--- step(f) takes one step towards less of f(parameters), a scalar tensor, and returns the value
--- before the step; step(gradients) takes gradients in the form of the parameters. The tensors are
--- changed in place.
--- Source: Hinton, 2012; defaults are PyTorch's.
---@param parameters lai.Tensor|table A tensor or a nested table of them.
---@param options? lai.optim.rmsprop.options 
---@return lai.ScriptOptimizer
function lai.optim.rmsprop(parameters, options) end

---@class lai.optim.lion.options
---@field lr? number Learning rate. (default 0.0001)
---@field beta1? number Weight of the momentum in the direction. (default 0.9)
---@field beta2? number Decay of the momentum. (default 0.99)
---@field weight_decay? number Weight decay, apart from the gradient. (default 0)
---@field centralize? boolean Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020). (default false)

--- Lion: steps of one size, by the sign of a momentum.
--- step(f) takes one step towards less of f(parameters), a scalar tensor, and returns the value
--- before the step; step(gradients) takes gradients in the form of the parameters. The tensors are
--- changed in place.
--- Source: Chen et al., 2023, arXiv 2302.06675.
---@param parameters lai.Tensor|table A tensor or a nested table of them.
---@param options? lai.optim.lion.options 
---@return lai.ScriptOptimizer
function lai.optim.lion(parameters, options) end

---@class lai.optim.lbfgs.options
---@field max_iter? integer Most iterations in a step. (default 20)
---@field history? integer Iterations whose curvature is kept. (default 10)
---@field tolerance? number Largest |gradient| at which the search ends. (default 1e-07)

--- L-BFGS, for smooth functions without noise.
--- step(f) takes one step towards less of f(parameters), a scalar tensor, and returns the value
--- before the step; step(gradients) takes gradients in the form of the parameters. The tensors are
--- changed in place.
--- Each batch takes one step: at most max_iter iterations, each with a line search for the strong
--- Wolfe conditions, with the curvature that earlier steps showed. Best with batches of all rows:
--- smaller batches are other functions. An error leaves the parameters as they were before the
--- step. A schedule scales the length at which a search begins.
--- Source: Nocedal and Wright, 2006, algorithms 3.5, 3.6 and 7.4.
---@param parameters lai.Tensor|table A tensor or a nested table of them.
---@param options? lai.optim.lbfgs.options 
---@return lai.ScriptOptimizer
function lai.optim.lbfgs(parameters, options) end

---@class lai.train.options
---@field model? lai.MLP The network to begin with; it is not changed.
---@field data? lai.Dataset Training data, with targets unless step does without.
---@field validation? lai.Dataset Data for the validation RMSE of each epoch; with step, for the mean of its value.
---@field loss? lai.Loss|"mse"|"mae"|"huber"|"logcosh"|"quantile" What training minimises: a loss, or a sum of losses and penalties. (default loss.mse())
---@field pretrain_loss? lai.Loss|"mse"|"mae"|"huber"|"logcosh"|"quantile" For pre-training, and for what alpha does not choose. Without it, loss without its terms of slopes: of a Lai loss its base.
---@field pretrain? integer Epochs of pretrain_loss before. (default 0)
---@field epochs? integer Epochs of loss, as far as alpha chooses it, and of pretrain_loss. (default 100)
---@field alpha? number Share of the batches, or points, that takes loss; the others take pretrain_loss. Without it, 0.01 if loss has a Lai loss in it, else 1.
---@field sample? "batches"|"points" What the share is of. (default "batches")
---@field batch? integer Rows of a mini-batch. (default 256)
---@field optimizer? lai.Optimizer|"adam"|"adamw"|"sgd"|"rmsprop"|"lion"|"lbfgs" How parameters move. (default adam(lr 0.001, beta1 0.9, beta2 0.999, epsilon 1e-08, weight decay 0))
---@field schedule? lai.Schedule|"constant"|"cosine" Of the learning rate. (default schedule.constant)
---@field clip? number Largest norm of the gradient.
---@field patience? integer Early stopping: ends after so many epochs without a better validation RMSE or, with step, validation value. The run has the model of its best epoch, however it ends.
---@field min_improvement? number What resets the patience, in units of the RMSE or of the value. (default 0)
---@field on_divergence? "error"|"stop" An error, or stop and return the last finite model. (default "error")
---@field divergence_threshold? number A run diverges when residuals are so many times as large as the largest target, or as those of the first batch if they are larger. The value of step is compared with the square of it. (default 100000)
---@field metrics? string|string[]|table<string, true|fun(model: any, validation: lai.Dataset?): number> Measures of each epoch: names of built-in ones, rmse, mae, r2, max_error, on the validation data, and functions by name: {"r2", mine = function(model, validation) return number end}.
---@field checkpoint? string A file for the state of the run, from which lai.resume goes on: written at the beginning, at the end and in between.
---@field checkpoint_every? integer Epochs between two writings of checkpoint. (default 10)
---@field seed? integer Of shuffling, of the choice of batches, and of the noise. (default 1)
---@field dropout? number Probability with which a hidden unit is 0 in training; the others are divided by 1 − p. (default 0)
---@field input_noise? number|table<string, number|false|{sigma?: number, share?: number, multiplicative?: boolean}> Noise on features in training, by name: {X8 = {sigma = 1, share = 0.1}}; multiplicative = true is x·(1 + σε). A number is sigma, in standard deviations of the feature; default is for features not named.
---@field adversarial? {epsilon: number, share?: number} {epsilon =, share = 1}: a share of the rows becomes x + epsilon·sign(dloss/dx), target unchanged.
---@field on_epoch? function Called with each epoch's report; false ends the run.
---@field step? function Instead of model and loss: f(parameters, x, y), a scalar tensor that is to become small.
---@field parameters? lai.Tensor|table With step: a tensor or a nested table of them to begin with; they are not changed.
---@field predict? function With step: f(parameters, x), predictions [rows][outputs], for the validation RMSE and metrics.

--- Trains a network on a sum of losses and penalties; with a Lai loss, by Lai Training.
--- It returns a run; run.model is the trained network. The network that was given as model is not
--- changed, so net:predict still predicts with its old weights.
--- First come pretrain epochs of pretrain_loss, then epochs in which a share alpha of the batches
--- takes loss, the others pretrain_loss.
--- For a model that is not an MLP, give step, a function (parameters, x, y) of a scalar tensor,
--- and parameters, a tensor or nested table of them, instead of model and loss: the run has
--- the trained parameters. x is [rows][inputs], y [rows][outputs]: compute predictions of the
--- shape of y, for [rows] minus [rows][1] would be [rows][rows]. With validation, the mean value
--- of step over its rows is reported and used by patience; predict, a function (parameters, x)
--- of predictions, adds the validation RMSE and the metrics.
--- The columns of data, of validation and those that the model was trained on before must have
--- the same names, as far as all have names, and the same scaler, or none. The trained network
--- keeps the data's scaler. With a scaled target (lai.standardize(train, {target = true})), RMSE
--- and metrics are in the target's own units, losses in the scaled ones.
--- Ctrl-C ends it at a batch boundary and returns the run so far; once more within two seconds,
--- it ends the command. The same seed gives the same bits.
--- An error in a function of the script, on_epoch among them, ends the run and is raised. With
--- checkpoint, the state before it is in that file, and lai.resume goes on from there.
--- Source: Lai, arXiv 2405.07884, §5.
---@param options? lai.train.options 
---@return lai.Run
function lai.train(options) end

---@class lai.train_all.options
---@field workers? integer Runs side by side; as many as the processor has cores unless given.
---@field on_run? function Called with each run that has ended, and its place in the list; false stops the others.
---@field on_epoch? function Called with each epoch's report, of every run, and the run's place in the list; false ends that run alone.

--- Several runs side by side, in order; the same bits for any number of workers.
--- No error loses the runs that are done. A run that diverges returns its last finite model; one
--- that an error ends, in a loss.custom for example, returns its model at that moment. Both are
--- reported on standard error when it happens, and in outcome and problem, and the others go on.
--- So they do after an error in on_run or on_epoch, which is reported too. What would be an error
--- in lai.train (on_divergence = "error" included) or was one in on_run or on_epoch is also the
--- second result: the first such error, for assert(not problem, problem); there is none without.
--- If all runs fail, the first one's error is raised.
--- Each run waits for on_epoch, so that one that it ends is the same for any number of workers.
--- After Ctrl-C neither is called any more, and the list has all runs as far as they came. In
--- on_run, save what must not be lost with the program.
--- Runs on the same data share their rows; runs that begin with the same pre-training share it.
---@param list table[] A list of tables of options, as lai.train takes.
---@param options? lai.train_all.options 
---@return lai.Run[], any
function lai.train_all(list, options) end

---@class lai.resume.options
---@field data lai.Dataset Training data, with targets unless step does without.
---@field validation? lai.Dataset Data for the validation RMSE of each epoch; with step, for the mean of its value.
---@field epochs? integer Epochs after pre-training, those that are done among them; as in the run so far unless given.
---@field loss? lai.Loss|"mse"|"mae"|"huber"|"logcosh"|"quantile" The run's loss.custom again: a state holds no functions.
---@field pretrain_loss? lai.Loss|"mse"|"mae"|"huber"|"logcosh"|"quantile" The same for a pretrain_loss of the script's own.
---@field checkpoint? string A file for the state of the run, from which lai.resume goes on: written at the beginning, at the end and in between.
---@field checkpoint_every? integer Epochs between two writings of checkpoint. (default 10)
---@field metrics? string|string[]|table<string, true|fun(model: any, validation: lai.Dataset?): number> Measures of each epoch: names of built-in ones, rmse, mae, r2, max_error, on the validation data, and functions by name: {"r2", mine = function(model, validation) return number end}.
---@field on_epoch? function Called with each epoch's report; false ends the run.
---@field step? function Instead of model and loss: f(parameters, x, y), a scalar tensor that is to become small.
---@field predict? function With step: f(parameters, x), predictions [rows][outputs], for the validation RMSE and metrics.

--- Goes on with a run: the same bits as if it had never stopped.
--- data and validation must be those of the run: their numbers and names are compared. With more
--- epochs, a run that is finished goes on; a cosine schedule is then that of all epochs. One that
--- stopped early stays so: its patience is part of the state. A run that wrote checkpoints goes on
--- writing them to the same file, or to checkpoint. Functions are in no file: give step, predict,
--- metrics and a loss.custom again. What they keep themselves, such as a generator of random
--- numbers, is not part of the state.
--- A file that is cut off, changed, of another version or of another kind is refused.
---@param run string|lai.Run|lai.ScriptedRun A file that checkpoint or run:save wrote, or a run.
---@param options lai.resume.options 
---@return lai.Run
function lai.resume(run, options) end

---@class lai.sweep.options
---@field data lai.Dataset|string Rows with targets, or a CSV file of them, whose target is the option target.
---@field test? lai.Dataset|string Rows on which nothing is trained. Slopes and noise are measured on their inputs; without them, on each seed's validation rows. Their targets are for s:front, which judges what was chosen.
---@field target? string The target's column, for data that is a file.
---@field drop? string|string[] Columns to leave out, for data that is a file. (default {})
---@field validation? number Share of the rows that each seed sets aside. (default 0.2)
---@field base? table Options of all points: see details.
---@field grid? table Lists of values by option, of which every combination is a point; with search also ranges {low =, high =, log = true, step =, integer = true}.
---@field zip? table Lists of the same length, of which the first values are a point, the second ones, and so on.
---@field control? lai.Loss|"mse"|"mae"|"huber"|"logcosh"|"quantile" The loss of the control, which all points are compared with; the base residual unless given.
---@field baselines? boolean|string[] Other ways to be less sensitive to a feature: it is dropped, or noise is put on it. true for the features that measure.noise lists, or a list of features. (default false)
---@field seeds? integer|integer[] How many, or a list of them. (default 5)
---@field measure? table<string, any> What is measured: rmse, mae, r2, max_error, smoothness = true; noise = true or a list of features, with sigma, multiplicative and repeats; functions (run, data) of a number by name. data is scaled as run.model takes it; run.model:evaluate(data) is in original units. (default {rmse = true, smoothness = true})
---@field search? "grid"|"random"|"sobol"|"tpe" How the points of grid are found: all of them; trials of them at random or evenly spread; or near the best so far, in rounds of a fixed size. (default "grid")
---@field trials? integer How many points a search other than grid tries.
---@field round? integer Points of a round of tpe. (default 8)
---@field start? integer Evenly spread points that tpe begins with. (default 16)
---@field seed? integer Seed of the search. (default 1)
---@field minimise? string The measure that tpe makes small. (default "rmse")
---@field subject? table<string, number|string> What other measures may be at most, by name: a number, or "+2.4%" against the control. (default {})
---@field workers? integer Trials side by side; as many as the processor has cores unless given.
---@field store? string A file for the trials, made if it does not exist; the same script run again finishes what is missing. Without it they are kept in memory.
---@field timeout? number Seconds after which a trial fails.
---@field prune? "median"|"halving" Gives up trials of later seeds that are worse than most of the first seed's were at the same epoch after pre-training; off if left out.
---@field models? "front"|"all"|"none" Whose networks are kept, for s:model: the control's and those that no point beats, all, or none. (default "front")
---@field checkpoint_every? integer Epochs between two writings of each trial's state beside store, from which it goes on after a crash. If left out, trials of more than about five minutes write theirs.
---@field curves? boolean Whether each epoch's validation RMSE is measured and kept. (default true)
---@field retry_failed? boolean Whether trials that failed in an earlier run are tried again. (default false)

--- Many options, each with several seeds, compared with a control.
--- s:run() trains and measures; s:table() shows means with 95 % intervals and changes against the
--- control, paired by seed. base, grid and zip take the options of lai.train (without seed and
--- checkpoint), those of lai.loss.lai (lambda makes the loss a Lai loss; false is none), hidden,
--- activation and dtype of lai.mlp, scale and scale_target. "lambda.X8" is X8's entry of lambda.
--- A seed fixes split, initial weights, batches and noise for all points alike. Points that begin
--- with the same pre-training share it.
--- With store, a trial that is finished is never run again: a wider grid runs what is new. Trials
--- are known by their options, seed, data and functions' code, not by the sweep.
---@param options lai.sweep.options 
---@return lai.Sweep
function lai.sweep(options) end

---@class lai.tune.options
---@field data lai.Dataset|string Rows with targets, or a CSV file of them, whose target is the option target.
---@field test? lai.Dataset|string Rows that the search never sees: with targets the result is judged on them; without, its slopes and noise alone.
---@field target? string The target's column, for data that is a file.
---@field drop? string|string[] Columns to leave out, for data that is a file. (default {})
---@field minimise? string The measure to make small: rmse, noise.X8, slope.X8, var, or one of your own. (default "rmse")
---@field subject? table<string, number|string> What other measures may be at most, by name: a number, or "+2.4%" against the control. (default {})
---@field features? string|string[] Features with a λ of their own; those that minimise and subject name unless given. {} for one λ of all.
---@field base? table Options of all points: see details.
---@field control? lai.Loss|"mse"|"mae"|"huber"|"logcosh"|"quantile" The loss of the control, which all points are compared with; the base residual unless given.
---@field measure? table<string, any> What is measured: rmse, mae, r2, max_error, smoothness = true; noise = true or a list of features, with sigma, multiplicative and repeats; functions (run, data) of a number by name. data is scaled as run.model takes it; run.model:evaluate(data) is in original units. (default {rmse = true})
---@field budget? integer Trials in all, those of the report among them. (default 240)
---@field seed? integer What all seeds are derived from; those of the report differ. (default 1)
---@field report_seeds? integer Fresh seeds on which the result is judged. (default 5)
---@field holdout? number Share of the rows of data on which the result is judged, without targets in test. (default 0.2)
---@field levers? boolean Whether alpha, schedule and activation are tried too, or λ alone. (default true)
---@field workers? integer Trials side by side; as many as the processor has cores unless given.
---@field store? string A file for the trials, made if it does not exist; the same script run again finishes what is missing. Without it they are kept in memory.
---@field timeout? number Seconds after which a trial fails.

--- Finds λ that makes one measure small while others keep their bounds.
--- Looks for λ by brackets and secants on two seeds, then tries alpha, a cosine schedule and another
--- activation, each kept if it helps. The best five race on five to eight other seeds. The winner,
--- the control, its baselines (the feature dropped, noise on it) and the winner's options without the
--- Lai loss are then run on fresh seeds and judged on rows that the search never saw: only these are
--- t.best and t:table(). The control is base with its residual, or the loss control.
--- Bounds are numbers, or "+2.4%" and "-50%" against the control. If no point keeps them on fresh
--- seeds, or none has less of the measure than a control that keeps them (the 95 % interval of the
--- change has 0 in it), t.best is nil, and t.nearest with t.failures says by how much. t.better lists
--- the baselines that keep the bounds and are better. With store, the same script run again finishes
--- what is missing, and has the same result.
---@param options lai.tune.options 
---@return lai.Tune
function lai.tune(options) end

--- The trials that sweeps have left in a file.
--- Tables trials, measures, epochs, models, sweeps; views trials_wide, one row per trial with its
--- settings and measures in columns, and history_long, one row per number of each epoch. It is a
--- file of SQLite: pandas, DuckDB and sqlite3 read it too.
---@param path string A file that option store of lai.sweep named; made if it is not there.
---@return lai.Store
function lai.store(path) end

lai.probe = {}

---@class lai.probe.smoothness.options
---@field features? string|integer|(string|integer)[] The features to measure, by name or index, in this order; all if left out.
---@field units? "scaled"|"original" Of what it finds: scaled, as the network's, or original, as before its scaler. (default "scaled")

--- Variance of the outputs, and size of the slopes per feature.
--- variance: of the outputs on x, with divisor n. Slopes: |∂ŷ/∂x| over the rows.
--- With several outputs, all numbers are means over them (arXiv 2405.07884, §6). x is scaled as the
--- network takes it, whatever the units.
--- The result has
---   .features        The names of the measured features.
---   .variance        Variance of the outputs (divisor n).
---   .mean_slope      Per feature. Mean |∂ŷ/∂x|.
---   .slope_p95       Per feature. 95th percentile of |∂ŷ/∂x|, interpolated linearly.
---   .standard_error  Per feature. Standard error of the mean |∂ŷ/∂x|; rows are a sample.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param options? lai.probe.smoothness.options 
---@return lai.ProbeResult
function lai.probe.smoothness(net, x, options) end

---@class lai.probe.noise.options
---@field features? string|integer|(string|integer)[] The features to measure, by name or index, in this order; all if left out.
---@field sigma? number|(number|false)[]|table<string, number|false> σ >= 0: a number, a list (one per feature), or by name {X8 = 0.5, default = 1}; false leaves a feature out. (default 1)
---@field kind? "additive"|"multiplicative"|"uniform" additive: normal; multiplicative: x·(1 + σε); uniform: additive, of the same deviation. (default "additive")
---@field multiplicative? boolean The same as kind = "multiplicative". (default false)
---@field sigma_units? "deviation"|"scaled"|"original" Of σ, unless multiplicative: standard deviations of the feature over x, or the feature's own units, scaled or original. (default "deviation")
---@field repeats? integer Draws per row and feature. (default 16)
---@field seed? integer Seed of the noise. (default 1)
---@field units? "scaled"|"original" Of what it finds: scaled, as the network's, or original, as before its scaler. (default "scaled")
---@field noise? function Instead of sigma: noise(x, feature, generator), which returns a feature's values x, a tensor [n] in original units, with noise.

--- How far the outputs move, on average, when one feature is noisy.
--- Mean |ŷ(x + δ·eⱼ) − ŷ(x)|, one feature j at a time. σ is the standard deviation of the noise δ, in
--- units of sⱼ. Additive: δ = σ·sⱼ·ε with ε ~ N(0, 1). Uniform: δ is uniform between ±√3·σ·sⱼ, so
--- that its standard deviation is σ·sⱼ too. Multiplicative: δ = σ·|xⱼ|·ε, with xⱼ in original units
--- if the network or the data have a scaler. sⱼ is the standard deviation of the feature over x.
--- With sigma_units = "scaled" sⱼ is 1: σ is in units of the feature as the network receives it;
--- with "original", in units of the feature before the scaler. A feature's numbers are the same
--- whichever others are measured. With several outputs, the mean over them (arXiv 2405.07884, §6).
--- The result has
---   .features        The names of the measured features.
---   .sigma           The noise, if it is the same for all features.
---   .sensitivity     Per feature. Mean change of the output.
---   .standard_error  Per feature. Standard error of the sensitivity: rows and noise are a
---                    sample, the network is fixed.
---   .sigma           Per feature. The noise, if features differ in it.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param options? lai.probe.noise.options 
---@return lai.ProbeResult
function lai.probe.noise(net, x, options) end

---@class lai.probe.monotonicity.options
---@field features? string|integer|(string|integer)[] The features to measure, by name or index, in this order; all if left out.

--- How often the outputs rise, and how often they fall, with each feature.
--- The share of the rows with ∂ŷ/∂x > 0 and with ∂ŷ/∂x < 0, and the mean of ∂ŷ/∂x with its sign.
--- On these rows the network is monotonic in a feature where one of the shares is 0.
--- With several outputs, all numbers are means over them.
--- The result has
---   .features        The names of the measured features.
---   .rising          Per feature. Share of the rows with a slope > 0.
---   .falling         Per feature. Share of the rows with a slope < 0.
---   .signed_slope    Per feature. Mean of the slopes, with their signs.
---   .standard_error  Per feature. Standard error of the mean slope; rows are a sample.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param options? lai.probe.monotonicity.options 
---@return lai.ProbeResult
function lai.probe.monotonicity(net, x, options) end

---@class lai.probe.dgsm.options
---@field features? string|integer|(string|integer)[] The features to measure, by name or index, in this order; all if left out.
---@field distribution? "uniform"|"normal" Of the features, for the bound. (default "uniform")
---@field units? "scaled"|"original" Of what it finds: scaled, as the network's, or original, as before its scaler. (default "scaled")

--- Mean squared slope per feature, and an upper bound of its total Sobol index.
--- dgsm: νⱼ = mean (∂ŷ/∂xⱼ)² over the rows. Features that are independent of each other have total
--- Sobol indices of at most bound: νⱼ·(bⱼ − aⱼ)²/(π²·var ŷ) for xⱼ uniform in [aⱼ, bⱼ], the range of
--- the rows, and νⱼ·sⱼ²/var ŷ for normal ones of deviation sⱼ. An index is never above 1: a bound
--- above 1 says nothing of it, and is printed as ">1". With several outputs, all numbers are
--- means over them (Sobol and Kucherenko, Mathematics and Computers in Simulation 79, 2009).
--- The result has
---   .features        The names of the measured features.
---   .dgsm            Per feature. Mean squared slope.
---   .standard_error  Per feature. Standard error of dgsm; rows are a sample.
---   .bound           Per feature. Upper bound of the total Sobol index of the feature; above 1
---                    it says nothing.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param options? lai.probe.dgsm.options 
---@return lai.ProbeResult
function lai.probe.dgsm(net, x, options) end

---@class lai.probe.permutation.options
---@field features? string|integer|(string|integer)[] The features to measure, by name or index, in this order; all if left out.
---@field repeats? integer Permutations per feature. (default 5)
---@field seed? integer Seed of the permutations. (default 1)
---@field units? "scaled"|"original" Of what it finds: scaled, as the network's, or original, as before its scaler. (default "scaled")

--- How much the error grows when one feature's values are exchanged among the rows.
--- RMSE with the values of one feature permuted, minus the RMSE without, as the mean over repeats.
--- A feature's numbers are the same whichever others are measured.
--- It needs data with targets. With several outputs, the RMSE is over all of them
--- (Breiman, Machine Learning 45, 2001).
--- The result has
---   .features        The names of the measured features.
---   .rmse            Without permutations.
---   .importance      Per feature. Mean growth of the RMSE.
---   .standard_error  Per feature. Standard error of the importance over the permutations; 0 for
---                    one.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param options? lai.probe.permutation.options 
---@return lai.ProbeResult
function lai.probe.permutation(net, x, options) end

---@class lai.probe.worst_case.options
---@field features? string|integer|(string|integer)[] The features to measure, by name or index, in this order; all if left out.
---@field epsilon? number Half-width of the box in standard deviations of each feature. (default 0.1)
---@field steps? integer Steps of the ascent. (default 10)
---@field units? "scaled"|"original" Of what it finds: scaled, as the network's, or original, as before its scaler. (default "scaled")

--- How far the outputs can be moved by the worst change of the features within a box.
--- max |ŷ(x + δ) − ŷ(x)| with |δⱼ| ≤ epsilon·sⱼ, sⱼ the standard deviation of the feature over x,
--- found by projected ascent along the signs of the slopes, upwards and downwards: a lower bound of
--- the worst case, exact for networks that are monotonic in the box. With several outputs, of each
--- alone, and the mean over them (Madry et al., 2018).
--- The result has
---   .features        The names of the measured features.
---   .mean_change     Mean over the rows, all measured features moving.
---   .max_change      Largest over the rows.
---   .change          Per feature. Mean over the rows when the feature alone moves.
---   .standard_error  Per feature. Standard error of change over the rows.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param options? lai.probe.worst_case.options 
---@return lai.ProbeResult
function lai.probe.worst_case(net, x, options) end

---@class lai.probe.partial_dependence.options
---@field feature string|integer The feature, by name or index.
---@field points? integer Values of the feature, unless grid is given. (default 20)
---@field spacing? "even"|"quantiles" Of the values: even, from the least to the largest of the rows, or quantiles of the rows, each once. (default "even")
---@field grid? lai.Tensor|table The values themselves, a list of numbers.
---@field output? integer The output, from 1. (default 1)
---@field units? "scaled"|"original" Of what it finds: scaled, as the network's, or original, as before its scaler. (default "original")

--- The mean prediction, and its slope, where one feature has the same value in every row.
--- For each value v of the feature: the mean over the rows of ŷ with xⱼ = v, and of ∂ŷ/∂xⱼ there,
--- the other features being those of the row. The standard error is that of the mean prediction;
--- rows are a sample. Values, predictions and slopes are in original units if the network or the
--- data have a scaler, unless units = "scaled" (Friedman, Annals of Statistics 29, 2001).
--- The result has
---   .features        The names of the measured features.
---   .values          Per value. The values of the feature.
---   .mean            Per value. Mean prediction at the value.
---   .standard_error  Per value. Standard error of the mean prediction; rows are a sample.
---   .slope           Per value. Mean ∂ŷ/∂x at the value.
---@param net lai.MLP The network.
---@param x lai.Tensor|table|lai.Dataset Rows of features, [n][inputs], or a data set of the columns that net was trained on.
---@param options lai.probe.partial_dependence.options 
---@return lai.ProbeResult
function lai.probe.partial_dependence(net, x, options) end

---@class lai.plot.options
---@field title? string Above the picture. (default "")
---@field xlabel? string Below the x axis. (default "")
---@field ylabel? string Beside the y axis. (default "")
---@field xscale? "linear"|"log" Of the x axis. (default "linear")
---@field yscale? "linear"|"log" Of the y axis. (default "linear")
---@field xlim? (number)[] {first, last} of the x axis.
---@field ylim? (number)[] {first, last} of the y axis.
---@field legend? boolean Whether the names of the series are listed. (default true)
---@field panels? (table)[] Several pairs of axes, each a table of series and of the options above.
---@field columns? integer Panels beside each other; the terminal has one. (default 1)
---@field theme? "automatic"|"light"|"dark" Of the background: automatic is the reader's preference in SVG, what the terminal says, else light. (default "automatic")
---@field file? string Where to save it, as chart:save does.

--- A picture of series of numbers, drawn when it is printed.
--- A series is a list or tensor of numbers, which is a line over 1, 2, …, or a table. Texts as x
--- name the places of bars. NaN is a gap.
--- The prompt and print draw with characters, Jupyter as SVG; chart:save(path) writes .svg,
--- .png, .pdf or .txt. PNG and PDF need gnuplot (Debian's gnuplot-nox).
--- The keys of a series are
---   kind      What it is drawn as. line, points and bars take y, and x; errors also
---             errors, or low and high; band takes low and high; histogram values;
---             heatmap, contour and surface z; text takes texts; vline an x, hline a y.
---   x         Places on the x axis; 1, 2, … if left out.
---   y         Values.
---   z         Values [rows][columns], over y and x.
---   errors    Half-lengths of error bars, also of bars.
---   low       Lower ends of a band or of error bars.
---   high      Upper ends.
---   values    Numbers that a histogram counts.
---   bins      Bins of a histogram; NumPy's "auto" if left out.
---   levels    Levels of contours.
---   texts     Texts at x and y.
---   name      In the legend.
---   color     "#rrggbb", or the place in the list of colours, from 1.
---   dash      Of lines.
---   marker    Of points.
---   tooltips  Texts under the pointer, one per point, in SVG.
---@param series lai.plot.options A list of series with options beside them, or the numbers of one line: lai.plot(y), lai.plot(x, y).
---@return lai.Chart
function lai.plot(series) end

---@class lai.landscape.options
---@field loss lai.Loss|"mse"|"mae"|"huber"|"logcosh"|"quantile" A loss.
---@field data lai.Dataset Data of one feature and one target.
---@field slope? (number)[] {first, last} slope. (default {-8, 8})
---@field intercept? (number)[] {first, last} intercept. (default {-8, 16})
---@field points? integer Values along each axis. (default 97)

--- A loss of straight lines over slope and intercept, for data of one feature.
--- landscape:plot() draws it with its minimum: as a map, and in .png and .pdf files as a surface.
--- Source: the paper's Appendix A.
---@param options lai.landscape.options 
---@return lai.Landscape
function lai.landscape(options) end

lai.stats = {}

--- The mean of numbers and the half-width of its 95 % confidence interval.
--- Student's t with n − 1 degrees of freedom; one number has no interval (nil). The interval of equal numbers has half-width 0; with NaN or infinity among them it is NaN.
---@param values (number)[] Numbers, one per seed.
---@return number, number?
function lai.stats.mean_ci(values) end

lai.linalg = {}

--- X with A X = B.
--- By LU factors with row exchanges. A pivot that is exactly 0 is an error.
---@param a lai.Tensor|table A square matrix [n][n]; axes before these two are those of a batch.
---@param b lai.Tensor|table The right side: a vector [n], or columns [n][k], also in a batch.
---@return lai.Tensor
function lai.linalg.solve(a, b) end

---@class lai.linalg.solve_triangular.options
---@field upper? boolean Use the upper triangle, not the lower one. (default false)
---@field unitriangular? boolean The diagonal counts as ones and is not read. (default false)

--- X with T X = B for a triangle T of A.
--- The other triangle is not read. A 0 on the diagonal is an error.
---@param a lai.Tensor|table A square matrix [n][n]; axes before these two are those of a batch.
---@param b lai.Tensor|table The right side: a vector [n], or columns [n][k], also in a batch.
---@param options? lai.linalg.solve_triangular.options 
---@return lai.Tensor
function lai.linalg.solve_triangular(a, b, options) end

---@class lai.linalg.lstsq.options
---@field rcond? number Singular values up to this times the largest count as 0; max(m, n) epsilon if left out.

--- X with the least |A X − B|; the shortest one if there are several.
--- Returns X, the sums of the squared residuals of the columns (without elements unless m > n and the rank is n), the rank and the singular values of A, as NumPy does.
---@param a lai.Tensor|table A matrix [m][n].
---@param b lai.Tensor|table The right side: a vector [m], or columns [m][k].
---@param options? lai.linalg.lstsq.options 
---@return lai.Tensor, lai.Tensor, integer, lai.Tensor
function lai.linalg.lstsq(a, b, options) end

--- The inverse of a matrix.
--- linalg.solve solves equations faster and more precisely.
---@param a lai.Tensor|table A square matrix [n][n]; axes before these two are those of a batch.
---@return lai.Tensor
function lai.linalg.inv(a) end

---@class lai.linalg.pinv.options
---@field rtol? number Singular values up to this times the largest count as 0; max(m, n) epsilon if left out.

--- The pseudo-inverse of a matrix, [n][m].
--- V diag(1/s) Uᵀ from the singular values s.
---@param a lai.Tensor|table A matrix [m][n]; axes before these two are those of a batch.
---@param options? lai.linalg.pinv.options 
---@return lai.Tensor
function lai.linalg.pinv(a, options) end

---@class lai.linalg.cholesky.options
---@field upper? boolean Use the upper triangle, not the lower one. (default false)

--- The triangle L with A = L Lᵀ of a positive definite matrix.
--- Only the lower triangle is read; with upper, only the upper one, and the result is U with A = Uᵀ U.
---@param a lai.Tensor|table A symmetric matrix [n][n]; axes before these two are those of a batch.
---@param options? lai.linalg.cholesky.options 
---@return lai.Tensor
function lai.linalg.cholesky(a, options) end

--- Q with orthonormal columns and a triangle R with A = Q R.
--- Q is [m][k] and R [k][n] with k = min(m, n). R's diagonal may be negative.
---@param a lai.Tensor|table A matrix [m][n]; axes before these two are those of a batch.
---@return lai.Tensor, lai.Tensor
function lai.linalg.qr(a) end

--- The determinant of a matrix.
---@param a lai.Tensor|table A square matrix [n][n]; axes before these two are those of a batch.
---@return lai.Tensor
function lai.linalg.det(a) end

--- The sign of the determinant and the logarithm of its absolute value.
--- 0 and -inf for a singular matrix. Does not overflow where det does.
---@param a lai.Tensor|table A square matrix [n][n]; axes before these two are those of a batch.
---@return lai.Tensor, lai.Tensor
function lai.linalg.slogdet(a) end

--- Singular values and vectors: A = U diag(s) Vᵀ.
--- Returns U [m][k], s [k] (descending) and Vᵀ [k][n], not V, with k = min(m, n): what NumPy returns for full_matrices=False. The signs of a pair of vectors may be turned together.
---@param a lai.Tensor|table A matrix [m][n]; axes before these two are those of a batch.
---@return lai.Tensor, lai.Tensor, lai.Tensor
function lai.linalg.svd(a) end

--- The singular values of a matrix, descending.
---@param a lai.Tensor|table A matrix [m][n]; axes before these two are those of a batch.
---@return lai.Tensor
function lai.linalg.svdvals(a) end

--- Eigenvalues and eigenvectors of a symmetric matrix.
--- Returns the values w, ascending, and the matrix V whose columns are the vectors, of length 1: A V = V diag(w). Only the lower triangle is read. The sign of a vector is free.
---@param a lai.Tensor|table A symmetric matrix [n][n]; axes before these two are those of a batch.
---@return lai.Tensor, lai.Tensor
function lai.linalg.eigh(a) end

--- The eigenvalues of a symmetric matrix, ascending.
--- Only the lower triangle is read.
---@param a lai.Tensor|table A symmetric matrix [n][n]; axes before these two are those of a batch.
---@return lai.Tensor
function lai.linalg.eigvalsh(a) end

---@class lai.linalg.matrix_rank.options
---@field rtol? number Singular values up to this times the largest count as 0; max(m, n) epsilon if left out.

--- The rank of a matrix.
--- The number of singular values that do not count as 0.
---@param a lai.Tensor|table A matrix [m][n]; axes before these two are those of a batch.
---@param options? lai.linalg.matrix_rank.options 
---@return lai.Tensor
function lai.linalg.matrix_rank(a, options) end

--- Sets what long work, such as training, shows of its progress; returns the setting before.
--- Training, sweeps, tuning and the reading of large files show a bar after half a second, below
--- the line in which the script writes, and after a second a picture: the curve so far and
--- slopes against the kinks of a Lai loss, the runs of lai.train_all, or the best points of a
--- sweep. Windows below 16 rows or 40 columns have the bar alone. A notebook shows the same
--- in its cell. Nothing is shown when standard error is no terminal, or TERM is dumb. Results do
--- not depend on it.
---@param show? "picture"|"bar"|"off" "picture", the default, "bar" or "off"; nothing changes without it.
---@return string
function lai.progress(show) end

--- Prints values as the prompt shows them: tables with what is in them.
--- Long tables are shortened; print shows no table of your own.
function lai.show(...) end

lai.json = {}

--- The Lua value of a JSON text; null is nil.
--- Digits alone are an integer; a number with a point or an exponent is a float. An integer
--- beyond 64 bits is a float that holds it, else an error, as is a number beyond a float's
--- range. null in an object leaves its field out, and in a list a gap. Names that are there
--- twice, and more than 500 levels, are errors.
---@param text string JSON, in UTF-8.
---@return any
function lai.json.decode(text) end

--- A value as JSON text, keys in order.
--- A table with the keys 1 to n is an array, and so is an empty one; all keys of others must be
--- strings. A float is written with a point or an exponent, 1.0. Strings that are not UTF-8,
--- lists with gaps, tables that contain themselves, and what JSON has no word for are errors
--- that say where in the value they are.
---@param value? any nil, booleans, finite numbers, strings, and tables of these.
---@return string
function lai.json.encode(value) end

--- The script's command line: options with their defaults.
--- `--name value` or `--name=value`, read as the type of the default says; a boolean's `--name`
--- alone is true; a list is written 64,64. `--help` prints the options and ends.
---@param defaults table Name to default: a number, a string, a boolean, a list of numbers, or a table of default, help and choices.
---@param description? string What the script does, shown by --help.
---@return table
function lai.args(defaults, description) end

return lai
