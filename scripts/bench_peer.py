"""The peers of scripts/bench: one size, timed a round at a time.

usage: bench_peer.py D,H,L,B ACTIVATION STEPS jax|torch|torch_compiled
Prints "ready"; then, for each line read, the microseconds of a step of MSE, of L2 Lai MSE
(lambda 0.1), and of MSE with a Jacobian and with a double-backprop penalty (weight 0.1), with Adam,
float32, one thread. JAX is jitted over a scan of STEPS steps; PyTorch takes a tenth as many; compiled
PyTorch has MSE only, as it cannot differentiate twice.
"""
import os
import sys
import time

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
features, width, layers, batch = map(int, sys.argv[1].split(","))
name, steps, framework = sys.argv[2], int(sys.argv[3]), sys.argv[4]
LAMBDA, WEIGHT, RATE, BETA1, BETA2, EPSILON = 0.1, 0.1, 1e-3, 0.9, 0.999, 1e-8


def jax_rounds():
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = (
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    import jax
    import jax.numpy as jnp

    activation = {"tanh": jnp.tanh, "sin": jnp.sin, "identity": lambda z: z,
                  "gelu": lambda z: jax.nn.gelu(z, approximate=False),
                  "leaky_relu": lambda z: jax.nn.leaky_relu(z, 0.01)}.get(name)
    activation = activation or getattr(jax.nn, name)

    def initial(key):
        sizes = [features] + [width] * layers + [1]
        parameters = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            key, one = jax.random.split(key)
            weights = jax.random.normal(one, (inputs, outputs)) / jnp.sqrt(inputs)
            parameters.append((weights, jnp.zeros(outputs)))
        return parameters

    def predict(parameters, x):
        for weights, biases in parameters[:-1]:
            x = activation(x @ weights + biases)
        weights, biases = parameters[-1]
        return (x @ weights + biases)[..., 0]

    def mse(parameters, x, y):
        return jnp.mean((predict(parameters, x) - y) ** 2)

    def predict_with_slopes(parameters, x):
        prediction, pullback = jax.vjp(lambda x: predict(parameters, x), x)
        return prediction, pullback(jnp.ones_like(prediction))[0]

    def lai(parameters, x, y):
        prediction, slopes = predict_with_slopes(parameters, x)
        squares = slopes * slopes
        factor = jnp.maximum(squares, LAMBDA) / (min(1, LAMBDA) * (1 + squares))
        directions = jnp.mean(((prediction - y) ** 2)[:, None] * factor, 0)
        return jnp.sqrt(jnp.sum(directions ** 2))

    def jacobian(parameters, x, y):
        prediction, slopes = predict_with_slopes(parameters, x)
        return jnp.mean((prediction - y) ** 2 + WEIGHT * jnp.sum(slopes ** 2, 1))

    def double_backprop(parameters, x, y):
        prediction, slopes = predict_with_slopes(parameters, x)
        squares = (prediction - y) ** 2
        return jnp.mean(squares + WEIGHT * 4 * squares * jnp.sum(slopes ** 2, 1))

    def runner(loss):
        def step(carry, pair):
            parameters, m, v, t = carry
            gradients = jax.grad(loss)(parameters, *pair)
            t = t + 1
            m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, gradients)
            v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, gradients)
            c1, c2 = 1 - BETA1 ** t, 1 - BETA2 ** t
            parameters = jax.tree.map(
                lambda p, m, v: p - RATE * (m / c1) / (jnp.sqrt(v / c2) + EPSILON), parameters, m, v)
            return (parameters, m, v, t), None
        return jax.jit(lambda carry, x, y: jax.lax.scan(step, carry, (x, y))[0])

    key = jax.random.PRNGKey(0)
    X = jax.random.normal(key, (steps, batch, features))
    Y = jax.random.normal(key, (steps, batch))
    parameters = initial(key)
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    start = (parameters, zeros, zeros, jnp.float32(0))

    def round_of(run):
        begin = time.perf_counter()
        jax.block_until_ready(run(start, X, Y))
        return (time.perf_counter() - begin) / steps * 1e6

    losses = mse, lai, jacobian, double_backprop
    return [lambda run=run: round_of(run) for run in map(runner, losses)]


def torch_rounds(is_compiled):
    import torch

    torch.set_num_threads(1)
    count = max(3, steps // 10)
    activation = {"tanh": torch.tanh, "sin": torch.sin, "identity": lambda z: z}.get(name)
    activation = activation or getattr(torch.nn.functional, name)
    sizes = [features] + [width] * layers + [1]
    linears = torch.nn.ModuleList(torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:]))
    optimizer = torch.optim.Adam(linears.parameters(), RATE, fused=True)
    x, y = torch.randn(batch, features), torch.randn(batch)

    def predict(x):
        for linear in linears[:-1]:
            x = activation(linear(x))
        return linears[-1](x)[:, 0]

    def mse():
        return torch.nn.functional.mse_loss(predict(x), y)

    def predict_with_slopes():
        inputs = x.detach().requires_grad_(True)
        prediction = predict(inputs)
        return prediction, torch.autograd.grad(prediction.sum(), inputs, create_graph=True)[0]

    def lai():
        prediction, slopes = predict_with_slopes()
        squares = slopes * slopes
        factor = squares.clamp(min=LAMBDA) / (min(1, LAMBDA) * (1 + squares))
        return (((prediction - y) ** 2)[:, None] * factor).mean(0).norm()

    def jacobian():
        prediction, slopes = predict_with_slopes()
        return ((prediction - y) ** 2 + WEIGHT * (slopes ** 2).sum(1)).mean()

    def double_backprop():
        prediction, slopes = predict_with_slopes()
        squares = (prediction - y) ** 2
        return (squares + WEIGHT * 4 * squares * (slopes ** 2).sum(1)).mean()

    def round_of(loss):
        begin = time.perf_counter()
        for _ in range(count):
            optimizer.zero_grad()
            loss().backward()
            optimizer.step()
        return (time.perf_counter() - begin) / count * 1e6

    if is_compiled:
        compiled = torch.compile(mse)
        return [lambda: round_of(compiled)]
    return [lambda loss=loss: round_of(loss) for loss in (mse, lai, jacobian, double_backprop)]


def timed(one):
    one()  # the caches hold the other programs' data
    return one()


rounds = jax_rounds() if framework == "jax" else torch_rounds(framework == "torch_compiled")
for one in rounds:
    one()
print("ready", flush=True)
for _ in sys.stdin:
    print(*(timed(one) for one in rounds), flush=True)
