"""What NumPy gives for every tensor operation: ops.json, which ops_spec.lua reads.

usage: make_ops.py OUT.json
A case: the method's name, its tensors, further arguments as Lua takes them (axes and places from
1), and the results, each with its shape.
"""
import json, math, sys
import numpy as np

rng = np.random.default_rng(1)
cases = []


def tensor(a):
    a = np.asarray(a, dtype=np.float64)
    return {"shape": list(a.shape), "values": a.ravel().tolist()}


def case(op, tensors, results, *arguments):
    cases.append(dict(op=op, tensors=[tensor(t) for t in tensors], arguments=list(arguments),
                      results=[tensor(r) for r in results]))


def draw(shape, low=-2.0, high=2.0):
    return np.round(rng.uniform(low, high, shape), 4)


erf = np.vectorize(math.erf)
cdf = lambda x: (1 + erf(x / math.sqrt(2))) / 2
sigmoid = lambda x: 1 / (1 + np.exp(-x))
SHAPES = [(3, 4), (2, 3, 2), (5,), (1,), (1, 1), (), (0,), (3, 0)]
UNARY = dict(
    neg=np.negative, exp=np.exp, expm1=np.expm1, log=np.log, log1p=np.log1p, sqrt=np.sqrt, square=np.square,
    reciprocal=np.reciprocal, abs=np.abs, sign=np.sign, floor=np.floor, ceil=np.ceil, round=np.round, sin=np.sin,
    cos=np.cos, tanh=np.tanh, sigmoid=sigmoid, relu=lambda x: np.maximum(x, 0), softplus=lambda x: np.logaddexp(x, 0),
    gelu=lambda x: x * cdf(x), silu=lambda x: x * sigmoid(x), normal_cdf=cdf, isnan=np.isnan, isfinite=np.isfinite)
for name, f in UNARY.items():
    low = 0.1 if name in ("log", "log1p", "sqrt", "reciprocal") else -3
    for shape in SHAPES:
        x = draw(shape, low, 3.0)
        case(name, [x], [f(x) if x.size else x])

BINARY = dict(
    add=np.add, sub=np.subtract, mul=np.multiply, div=np.divide, pow=np.power, maximum=np.maximum,
    minimum=np.minimum, gt=np.greater, ge=np.greater_equal, lt=np.less, le=np.less_equal, eq=np.equal,
    ne=np.not_equal)
PAIRS = [((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 1), (1, 4)), ((2, 3, 4), (3, 1)), ((), (2, 2)), ((5,), ()),
         ((0, 3), (3,)), ((1,), (1,))]
for name, f in BINARY.items():
    for a, b in PAIRS:
        x, y = (draw(s, 0.2, 2.0) if name in ("pow", "div") else np.round(draw(s)) for s in (a, b))
        case(name, [x, y], [f(x, y)])

for name, f in dict(sum=np.sum, mean=np.mean, var=np.var, std=np.std, min=np.min, max=np.max,
                    norm=lambda x, axis=None, keepdims=False: np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))).items():
    for shape in [(3, 4), (2, 3, 4), (5,), (1, 1), ()]:
        x = draw(shape)
        case(name, [x], [f(x)])
        for axis in range(x.ndim):
            case(name, [x], [f(x, axis=axis)], axis + 1)
            case(name, [x], [f(x, axis=axis - x.ndim, keepdims=True)], axis - x.ndim, {"keepdims": True})
    x = draw((2, 3, 4))
    case(name, [x], [f(x, axis=(0, 2))], [1, 3])
    case(name, [x], [f(x, axis=(1, 2), keepdims=True)], [-1, 2], {"keepdims": True})
case("sum", [np.zeros((0, 3))], [np.zeros(3)], 1)
for name, f in dict(argmin=np.argmin, argmax=np.argmax).items():
    x = np.round(draw((3, 5)))
    case(name, [x], [f(x) + 1])
    case(name, [x], [f(x, axis=0) + 1], 1)
    case(name, [x], [f(x, axis=1, keepdims=True) + 1], 2, {"keepdims": True})

for a, b in [((3, 4), (4, 2)), ((4,), (4, 2)), ((3, 4), (4,)), ((4,), (4,)), ((2, 3, 4), (4, 2)), ((2, 3, 4), (2, 4, 5)),
             ((2, 1, 3, 4), (5, 4, 2)), ((3, 0), (0, 2)), ((1, 1), (1, 1)), ((0, 4), (4, 2)), ((2, 3, 4), (4,))]:
    x, y = draw(a), draw(b)
    case("matmul", [x, y], [np.matmul(x, y)])
x, y = draw(4), draw(4)
case("dot", [x, y], [np.dot(x, y)])
case("outer", [x, y], [np.outer(x, y)])
x, y, m = draw((3, 4)), draw((4,)), np.round(draw((3, 1)))
case("where", [m, x, y], [np.where(m != 0, x, y)])
case("clamp", [x], [np.clip(x, -1, 0.5)], -1, 0.5)

x, z = draw((3, 4)), draw((2, 3, 4))
case("t", [x], [x.T])
case("transpose", [z], [np.swapaxes(z, 0, 2)], 1, -1)
case("permute", [z], [np.transpose(z, (2, 0, 1))], [3, 1, 2])
case("reshape", [z], [z.reshape(4, 6)], [4, -1])
case("expand", [draw((3, 1))], [np.broadcast_to(cases[-1]["tensors"] and 0, (3, 4))], [3, 4])
e = draw((3, 1))
cases[-1]["tensors"], cases[-1]["results"] = [tensor(e)], [tensor(np.broadcast_to(e, (3, 4)))]
case("squeeze", [draw((1, 1, 1))], [np.array(0.0)])
s = draw((1, 3, 1))
cases[-1]["tensors"], cases[-1]["results"] = [tensor(s)], [tensor(s.squeeze())]
case("squeeze", [s], [s.squeeze(0)], 1)
case("unsqueeze", [x], [x[:, :, None]], -1)
case("select", [z], [z[:, 2]], 2, 3)
case("narrow", [z], [z[:, :, 1:3]], 3, 2, 2)
case("diag", [x], [np.diag(x)])
case("diag", [y], [np.diag(y)])
case("tril", [x], [np.tril(x)])
case("triu", [z], [np.triu(z, 1)], 1)
case("flip", [z], [np.flip(z, 1)], 2)
case("index", [z], [z[:, [2, 0, 2]]], 2, [3, 1, -1])
case("gather", [x], [np.take_along_axis(x, np.array([[3, 0], [1, 1], [0, 2]]), 1)], 2, [[4, 1], [2, 2], [1, 3]])
case("masked", [x, x > 0], [x[x > 0]])
case("cumsum", [z], [np.cumsum(z, 1)], 2)
for d in (x, z, np.round(x)):
    order = np.argsort(d, axis=1, kind="stable")
    case("sort", [d], [np.take_along_axis(d, order, 1), order + 1], 2)
order = np.argsort(-x, axis=0, kind="stable")
case("sort", [x], [np.take_along_axis(x, order, 0), order + 1], 1, {"descending": True})
case("topk", [x], [np.take_along_axis(x, order, 0)[:2], order[:2] + 1], 2, 1)
case("clone", [x], [x])

rng = np.random.default_rng(2)
for shape in [(3, 4), (2, 3, 5), (5,), (6,), (1, 1), ()]:
    x = draw(shape)
    case("median", [x], [np.median(x)])
    case("quantile", [x], [np.quantile(x, 0.3)], 0.3)
    for axis in range(x.ndim):
        case("median", [x], [np.median(x, axis=axis)], axis + 1)
        case("quantile", [x], [np.quantile(x, [0, 0.1, 0.77, 1], axis=axis, keepdims=True)],
             [0, 0.1, 0.77, 1], axis - x.ndim, {"keepdims": True})
x = draw((2, 3, 4))
case("median", [x], [np.median(x, axis=(0, 2))], [1, 3])
case("quantile", [x], [np.quantile(x, [0.25, 0.5], axis=(1, 2))], [0.25, 0.5], [2, 3])
case("median", [np.round(x)], [np.median(np.round(x), axis=1)], 2)
case("histogram", [x], list(np.histogram(x)))
case("histogram", [x], list(np.histogram(x, 7, (-1, 0.5))), {"bins": 7, "range": [-1, 0.5]})
case("histogram", [x], list(np.histogram(x, [-3, -1, -1, 0, 1.5])), {"bins": [-3, -1, -1, 0, 1.5]})
case("histogram", [np.round(x)], list(np.histogram(np.round(x), 4)), {"bins": 4})
case("histogram", [np.arange(11.0)], list(np.histogram(np.arange(11.0), 5)), {"bins": 5})
case("histogram", [np.full(4, 3.0)], list(np.histogram(np.full(4, 3.0), 3)), {"bins": 3})
case("histogram", [np.zeros(0)], list(np.histogram(np.zeros(0), 2)), {"bins": 2})
case("histogram", [np.full(4, 3.0)], list(np.histogram(np.full(4, 3.0), "auto")), {"bins": "auto"})
for n in (5, 40, 700):
    x = np.round(rng.standard_normal(n) ** 3, 4)
    case("histogram", [x], list(np.histogram(x, "auto")), {"bins": "auto"})
    case("histogram", [x], list(np.histogram(x, "auto", (-1, 2))), {"bins": "auto", "range": [-1, 2]})
x = np.round(draw((4, 5)))
case("unique", [x], list(np.unique(x, return_counts=True)))
case("unique", [np.zeros(0)], list(np.unique(np.zeros(0), return_counts=True)))
json.dump(dict(numpy=np.__version__, cases=cases), open(sys.argv[1], "w"))
print(len(cases), "cases")
