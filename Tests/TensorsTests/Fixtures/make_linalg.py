"""Golden values of linear algebra, from NumPy in float64.

usage: make_linalg.py OUT.json

Every case: an operation, its operands and its results, each a shape and row-major elements. Signs
that are free are fixed: the first row of U (of the singular values) and of V (of the eigenvalues)
is positive.
"""
import json
import sys

import numpy as np

generator = np.random.default_rng(7)
cases = []


def tensor(x):
    x = np.asarray(x, dtype=np.float64)
    return dict(shape=list(x.shape), elements=x.ravel().tolist())


def case(op, operands, results):
    cases.append(dict(op=op, operands=[tensor(x) for x in operands],
                      results=[tensor(x) for x in results]))


def normal(*shape):
    return np.round(generator.standard_normal(shape), 3)


def good(*shape):
    """Well-conditioned square matrices."""
    return normal(*shape) + 2 * np.eye(shape[-1])


def positive(*shape):
    a = normal(*shape)
    return a @ np.swapaxes(a, -1, -2) + np.eye(shape[-1])


def eigh(a):
    w, v = np.linalg.eigh(a)
    return (w, v * np.sign(v[..., :1, :])) if v.size else (w, v)


def svd(a):
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    if u.size and vt.size:
        sign = np.sign(u[..., :1, :])
        u, vt = u * sign, vt * np.swapaxes(sign, -1, -2)
    return u, s, vt


def lstsq(a, b):
    x, residuals, rank, s = np.linalg.lstsq(a, b, rcond=None)
    return x, residuals, rank, s


for a, b in [((3, 3), (3,)), ((4, 4), (4, 2)), ((1, 1), (1, 1)), ((2, 3, 3), (2, 3, 2)),
             ((2, 3, 3), (3, 1)), ((3, 3), (2, 3, 1)), ((2, 1, 2, 2), (3, 2, 2)), ((0, 0), (0, 2)),
             ((0, 0), (0,)), ((3, 3), (3, 0)), ((0, 2, 2), (2, 1))]:
    a, b = good(*a), normal(*b)
    case("solve", [a, b], [np.linalg.solve(a, b)])
    if a.size:
        case("solve_triangular", [a, b], [np.linalg.solve(np.tril(a), b)])
        case("solve_triangular_upper", [a, b], [np.linalg.solve(np.triu(a), b)])
        unit = np.triu(a, 1) + np.eye(a.shape[-1])
        case("solve_triangular_unit", [a, b], [np.linalg.solve(unit, b)])
for shape in [(1, 1), (3, 3), (5, 5), (2, 3, 3), (0, 0), (0, 2, 2), (2, 0, 0)]:
    a = good(*shape)
    case("inv", [a], [np.linalg.inv(a)])
    case("det", [a], [np.linalg.det(a)])
    case("slogdet", [a], np.linalg.slogdet(a))
    a = positive(*shape)
    case("cholesky", [a], [np.linalg.cholesky(a)])
    case("cholesky_upper", [a], [np.swapaxes(np.linalg.cholesky(a), -1, -2)])
    case("eigh", [a], eigh(a))
    case("eigvalsh", [a], [np.linalg.eigvalsh(a)])
for shape in [(1, 1), (3, 3), (5, 3), (3, 5), (4, 1), (1, 4), (2, 4, 3), (2, 2, 1, 3), (0, 0),
              (0, 3), (3, 0), (2, 0, 3), (0, 3, 2)]:
    a = normal(*shape)
    case("qr", [a], np.linalg.qr(a))
    case("svd", [a], svd(a))
    case("svdvals", [a], [np.linalg.svd(a, compute_uv=False)])
    case("pinv", [a], [np.linalg.pinv(a)])
low = normal(5, 2) @ normal(2, 4)
case("pinv", [low], [np.linalg.pinv(low)])
case("matrix_rank", [low], [np.linalg.matrix_rank(low)])
case("matrix_rank", [np.stack([low, normal(5, 4), 0 * low])], [[2, 4, 0]])
for a, b in [((5, 3), (5,)), ((5, 3), (5, 2)), ((3, 5), (3, 2)), ((3, 3), (3,)), ((2, 0), (2, 3)),
             ((0, 2), (0, 3)), ((0, 2), (0,)), ((2, 0), (2,)), ((4, 2), (4, 0))]:
    a, b = normal(*a), normal(*b)
    case("lstsq", [a, b], lstsq(a, b))
b = normal(5, 2)
case("lstsq", [low, b], lstsq(low, b))

with open(sys.argv[1], "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
