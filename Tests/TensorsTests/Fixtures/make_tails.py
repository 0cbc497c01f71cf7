"""Values and three derivatives of the elementwise functions, from mpmath with 60 digits.

usage: make_tails.py OUT.json

Every function: its name, the arguments, and for each the function's value and its first, second and
third derivative, rounded to float64. The formulas are checked against differences near 0.
"""
import json
import sys

import mpmath as mp

mp.mp.dps = 60


def sigmoid(x):
    s, t = 1 / (1 + mp.exp(-x)), 1 / (1 + mp.exp(x))
    return s, s * t, s * t * (t - s), s * t * (s * s - 4 * s * t + t * t)


def softplus(x):
    s = sigmoid(x)
    return max(x, 0) + mp.log1p(mp.exp(-abs(x))), s[0], s[1], s[2]


def silu(x):
    s = sigmoid(x)
    return x * s[0], s[0] + x * s[1], 2 * s[1] + x * s[2], 3 * s[2] + x * s[3]


def normal_cdf(x):
    density = mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)
    return mp.erfc(-x / mp.sqrt(2)) / 2, density, -x * density, (x * x - 1) * density


def gelu(x):
    cdf, density = normal_cdf(x)[:2]
    return x * cdf, cdf + x * density, (2 - x * x) * density, (x ** 3 - 4 * x) * density


def expm1(x):
    return mp.expm1(x), mp.exp(x), mp.exp(x), mp.exp(x)


FUNCTIONS = dict(sigmoid=sigmoid, softplus=softplus, silu=silu, normal_cdf=normal_cdf,
                 gelu=gelu, expm1=expm1)
SIZES = [0.125, 0.5, 1, 1.75, 3, 5.5, 10, 17, 25, 31.25, 37, 38.25, 40, 100, 300, 700, 800]
# For the normal distribution: arguments that are not round numbers, so that their squares are
# rounded.
NORMAL = [1.1, 2.3, 4.7, 6.1, 9.3, 13.7, 21.9, 33.3, 36.6, 37.3, 37.7, 38.1, 38.4]

functions = []
for name, function in FUNCTIONS.items():
    sizes = SIZES + (NORMAL if name in ("normal_cdf", "gelu") else [])
    points = [0.0] + [sign * size for size in sizes for sign in (1, -1)]
    if name == "expm1":
        points = [x for x in points if x <= 100]
    for x in (-1.75, 0.5, 3):
        for n in range(4):
            difference = mp.diff(lambda x: function(x)[0], mp.mpf(x), n)
            assert abs(difference - function(mp.mpf(x))[n]) < 1e-20, (name, x, n)
    rows = [[float(value) for value in function(mp.mpf(x))] for x in points]
    functions.append(dict(name=name, points=points, derivatives=rows))
json.dump(dict(mpmath=mp.__version__, functions=functions), open(sys.argv[1], "w"))
