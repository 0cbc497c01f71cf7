"""Golden values of probes: dgsm from SALib, partial dependence from scikit-learn, in float64.

usage: make_probes_golden.py OUT.json        (SALib 1.6.0, scikit-learn 1.9.1)

The file has
- ishigami: a network of one hidden layer of sines that is the Ishigami function sin x₁ + 7 sin² x₂ +
  0.1 x₃⁴ sin x₁ on [−π, π]³ to the given error, rows x [n][3] (SALib's sample), and what SALib's
  analyze.dgsm finds of the function itself by finite differences: vi, vi_std and dgsm, the bound for the
  bounds ±π of the problem (not the range of the rows);
- partial_dependence: a network of tanh, rows x [n][3], and for each feature scikit-learn's
  partial_dependence(method="brute") of it: grid and mean predictions.

x₃⁴ sin x₁ is Σ aₖ sin x₁ cos(k x₃/2) = Σ aₖ/2 (sin(x₁ + k x₃/2) + sin(x₁ − k x₃/2)), with the aₖ by
which Σ aₖ cos(k t/2) fits t⁴ on [−π, π] in least squares: in half the waves' period, it converges fast.
"""
import json, sys
import numpy as np
from SALib.analyze import dgsm
from SALib.sample import finite_diff
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence

A, B, K = 7, 0.1, 14


def ishigami(x):
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_network():
    t = np.linspace(-np.pi, np.pi, 2001)
    a = np.linalg.lstsq(np.cos(np.outer(t, np.arange(K)) / 2), t ** 4, rcond=None)[0]
    # sin² x₂ = (1 − sin(2 x₂ + π/2))/2
    units = [([1, 0, 0], 0, 1 + B * a[0]), ([0, 2, 0], np.pi / 2, -A / 2)]
    for k in range(1, K):
        units += [([1, 0, k / 2], 0, B * a[k] / 2), ([1, 0, -k / 2], 0, B * a[k] / 2)]
    W = [np.array([u[0] for u in units], float), np.array([[u[2] for u in units]])]
    return W, [np.array([u[1] for u in units], float), np.array([A / 2])]


def forward(W, b, x, f):
    for w, c in zip(W[:-1], b[:-1]): x = f(x @ w.T + c)
    return (x @ W[-1].T + b[-1])[:, 0]


def network_json(W, b, activation):
    return dict(sizes=[W[0].shape[1]] + [w.shape[0] for w in W], activation=activation,
                weights=[w.tolist() for w in W], biases=[c.tolist() for c in b])


def ishigami_case():
    problem = dict(num_vars=3, names=['x1', 'x2', 'x3'], bounds=[[-np.pi, np.pi]] * 3)
    sample = finite_diff.sample(problem, 256, delta=1e-6)
    W, b = ishigami_network()
    x = sample[::4]
    error = np.abs(forward(W, b, x, np.sin) - ishigami(x)).max()
    found = dgsm.analyze(problem, sample, ishigami(sample), num_resamples=2, seed=1)
    return dict(network=network_json(W, b, 'sin'), x=x.tolist(), error=float(error),
                **{key: list(map(float, found[key])) for key in ('vi', 'vi_std', 'dgsm')})


class Network(RegressorMixin, BaseEstimator):
    def __init__(self, W, b): self.W, self.b = W, b
    def fit(self, x, y): return self
    def __sklearn_is_fitted__(self): return True
    def predict(self, x): return forward(self.W, self.b, x, np.tanh)


def partial_dependence_case():
    rng = np.random.default_rng(20261129)
    r = lambda *shape: np.round(rng.normal(size=shape), 3)
    W, b = [r(5, 3), r(4, 5), r(1, 4)], [r(5), r(4), r(1)]
    x = r(40, 3) * [1, 3, 0.2] + [0, 2, 0]
    x = np.round(x, 4)
    features = []
    for j in range(3):
        found = partial_dependence(Network(W, b), x, [j], method='brute', kind='average',
                                   percentiles=(0, 1), grid_resolution=9)
        features.append(dict(grid=found['grid_values'][0].tolist(), mean=found['average'][0].tolist()))
    return dict(network=network_json(W, b, 'tanh'), x=x.tolist(), features=features)


if __name__ == '__main__':
    cases = dict(ishigami=ishigami_case(), partial_dependence=partial_dependence_case())
    with open(sys.argv[1], 'w') as out: json.dump(cases, out, separators=(',', ':'))
