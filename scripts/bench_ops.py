"""PyTorch's side of scripts/bench ops.

Prints "ready"; then, for each line with a number of repetitions, the microseconds of one call of the
next row, the rows being those of bench_ops.lua in their order, again and again.
"""
import itertools
import sys
import time

import torch

torch.set_num_threads(1)
rows = []
for n in (1, 64, 256):
    a, b = torch.randn(n, n), torch.randn(n, n)
    h = max(1, n // 2)
    rows += [lambda a=a, b=b: a + b, lambda a=a: a * 2.5, lambda a=a: a.tanh(), lambda a=a, b=b: a @ b,
             lambda a=a: a.sum(), lambda a=a, h=h: a[:h, :h],
             lambda a=a: a.t().clone(memory_format=torch.contiguous_format)]

x, y = torch.randn(64, 8), torch.randn(64, 1)
p = [torch.randn(64, 8) * 0.3, torch.zeros(64), torch.randn(64, 64) * 0.1, torch.zeros(64),
     torch.randn(1, 64) * 0.1, torch.zeros(1)]
for parameter in p:
    parameter.requires_grad_()
LAMBDA = torch.tensor(0.1)
linear = torch.nn.functional.linear


def net(x):
    x = torch.tanh(linear(x, p[0], p[1]))
    x = torch.tanh(linear(x, p[2], p[3]))
    return linear(x, p[4], p[5])


def mse():
    return torch.autograd.grad((net(x) - y).square().mean(), p)


def lai():
    variable = x.detach().requires_grad_()
    prediction = net(variable)
    (slopes,) = torch.autograd.grad(prediction.sum(), variable, create_graph=True)
    k2 = slopes.square()
    factor = torch.maximum(k2, LAMBDA) / ((k2 + 1) * LAMBDA)
    loss = ((prediction - y).square() * factor).mean(0).norm()
    return torch.autograd.grad(loss, p)


rows += [mse, lai]
print("ready", flush=True)
for f, line in zip(itertools.cycle(rows), sys.stdin):
    count = int(line)
    for _ in range(count // 10):
        f()
    start = time.perf_counter()
    for _ in range(count):
        f()
    print((time.perf_counter() - start) / count * 1e6, flush=True)
