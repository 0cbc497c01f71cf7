"""Golden values of residuals, penalties and noises, from PyTorch in float64 (autograd all through).

usage: make_methods_golden.py OUT.json

The file has
- problems: networks (weights [out][in], biases) with inputs x [n][d] and targets y [n][m], by name;
- cases: a problem, the terms of an objective, and what its value and the gradients of all weights
  and biases must be. A term has a weight (its factor in the sum), a kind ("residual", "lai" or
  "penalty"), a name and options. A case may come with masks (the multipliers of each hidden layer's
  activations, [n][width]), with slopes (the targets of penalty.sobolev), with interpolates (the
  rows at which penalty.jacobian looks instead of x), or with adversarial (rows, epsilon, and the x
  that must come of it);
- optimizers: updates with and without centralized gradients, by the gradients of mse on all rows;
- runs: whole training runs, each batch all rows: the final parameters.

Conventions: residuals and Lai losses are means over samples and outputs; penalties are sums over
outputs, of each output's residual alone, and means over samples.
"""
import json, sys, torch
torch.set_default_dtype(torch.float64)
F = torch.nn.functional
g = torch.Generator().manual_seed(20261128)
ACT = dict(tanh=torch.tanh, relu=torch.relu, softplus=F.softplus, gelu=F.gelu)


def normal(*shape, scale=1.0):
    """Three decimals, so that the file is short and every number in it exact."""
    return (torch.randn(*shape, generator=g) * scale * 1000).round() / 1000


class Problem:
    def __init__(self, name, sizes, activation, n=5, scale=1.5):
        self.name, self.sizes, self.activation = name, sizes, activation
        self.W = [normal(b, a, scale=scale / a ** .5) for a, b in zip(sizes[:-1], sizes[1:])]
        self.B = [normal(b, scale=.3) for b in sizes[1:]]
        self.x, self.y = normal(n, sizes[0]), normal(n, sizes[-1])

    def json(self):
        return dict(sizes=self.sizes, activation=self.activation, x=self.x.tolist(), y=self.y.tolist(),
                    weights=[w.tolist() for w in self.W], biases=[b.tolist() for b in self.B])


PROBLEMS = {p.name: p for p in [
    Problem('linear', [3, 1], 'tanh'),
    Problem('linear2', [3, 2], 'tanh'),
    Problem('shallow', [3, 5, 1], 'gelu'),
    Problem('shallow2', [3, 4, 2], 'softplus'),
    Problem('deep', [3, 5, 4, 1], 'tanh'),
    Problem('deep2', [3, 5, 4, 2], 'tanh'),
    Problem('relu', [3, 6, 5, 1], 'relu'),
    Problem('wide', [2, 17, 3, 1], 'gelu', n=9),
]}


def forward(net, act, x, masks=None):
    W, B = net
    for layer in range(len(W) - 1):
        x = ACT[act](x @ W[layer].T + B[layer])
        if masks is not None: x = x * masks[layer]
    return x @ W[-1].T + B[-1]


def slopes(p, x):
    """k [n][m][d]"""
    return torch.stack([torch.autograd.grad(p[:, o].sum(), x, create_graph=True)[0] for o in range(p.shape[1])], 1)


# ---- residuals, as PyTorch has them: value of e = prediction - target, elementwise

RESIDUALS = {
    'mse': lambda e: e ** 2,
    'mae': lambda e: e.abs(),
    'huber': lambda e, delta=1.0: F.huber_loss(e, torch.zeros_like(e), reduction='none', delta=delta),
    'logcosh': lambda e: e + F.softplus(-2 * e) - torch.log(torch.tensor(2.0)),
    'quantile': lambda e, q=0.5: torch.maximum(-q * e, (1 - q) * e),
}
# The power with which the factor of the Lai loss goes with each.
POWER = {'mse': 2, 'huber': 2, 'logcosh': 2, 'mae': 1, 'quantile': 1}


def residual(name, e, **options): return RESIDUALS[name](e, **options)


def residual_slope(name, e, **options):
    """df/de, which can be differentiated again."""
    if not e.requires_grad: e = e.clone().requires_grad_()
    return torch.autograd.grad(residual(name, e, **options).sum(), e, create_graph=True)[0]


# ---- penalties of p [n][m], y, k [n][m][d]; w [d]: the weight of each feature

def feature_weights(features, d):
    w = torch.ones(d)
    if features is None: return w
    if isinstance(features, list):
        if isinstance(features[0], str): return torch.tensor([1.0 if f'X{j + 1}' in features else 0.0 for j in range(d)])
        return torch.tensor([float(v or 0) for v in features])
    return torch.tensor([float(features.get(f'X{j + 1}', features.get('default', 0)) or 0) for j in range(d)])


def l1(net, biases): return sum(t.abs().sum() for t in net[0] + (net[1] if biases else []))
def l2(net, biases): return sum((t * t).sum() for t in net[0] + (net[1] if biases else [])) / 2


def penalty(term, net, act, p, y, k, c):
    o = dict(term['options'])
    weight = o.pop('weight', 1.0)
    name, d = term['name'], k.shape[2]
    w = feature_weights(o.pop('features', None), d)
    if name == 'l1': return weight * l1(net, o.get('biases', False))
    if name == 'l2': return weight * l2(net, o.get('biases', False))
    if name == 'elastic':
        mix, biases = o.get('mix', .5), o.get('biases', False)
        return weight * (mix * l1(net, biases) + (1 - mix) * l2(net, biases))
    if name == 'jacobian':
        if 'interpolates' in c:
            x = torch.tensor(c['interpolates']).requires_grad_()
            k = slopes(forward(net, act, x), x)
        return weight * (w * k.abs() ** o.get('power', 2)).sum((1, 2)).mean()
    if name == 'sobolev':
        K = torch.tensor(c['slopes'])
        return weight * (w * (k - K.reshape(k.shape)) ** 2).sum((1, 2)).mean()
    # Those of the gradient of the residuals by x, of each output's residual alone.
    def f(e): return sum(weight * residual(e=e, **base) for weight, base in c['residuals'])
    slope = sum(weight * residual_slope(e=p - y, **base) for weight, base in c['residuals'])
    J = slope.unsqueeze(-1) * k                              # [n][m][d]
    if name == 'double_backprop': return weight * (w * J ** 2).sum((1, 2)).mean()
    assert name == 'input_gradient'
    norm, squared = o.get('norm', 'l2'), o.get('squared', False)
    if 'steps' in o:
        h, total = o['steps'], 0
        for out in range(p.shape[1]):
            D = (w * J[:, out, :]).detach()
            if norm == 'l2': v = D / D.norm(dim=1, keepdim=True)
            elif norm == 'l1': v = D.sign()
            else:
                v = torch.zeros_like(D)
                best = D.abs().argmax(1)
                v[torch.arange(len(D)), best] = D[torch.arange(len(D)), best].sign()
            q = (f(forward(net, act, c['x'] + h * v)[:, out] - y[:, out]) - f(p[:, out] - y[:, out])) / h
            total = total + (q ** 2 if squared else q.abs())
        return weight * total.mean()
    wJ = w.sqrt() * J if norm == 'l2' else w * J
    v = {'l2': lambda: wJ.norm(dim=2), 'l1': lambda: wJ.abs().sum(2), 'linf': lambda: wJ.abs().amax(2)}[norm]()
    return weight * (v ** 2 if squared else v).sum(1).mean()


# ---- the Lai loss

def lai(o, p, y, k):
    o = dict(o)
    base = dict(o.get('base', dict(name='mse')))
    power = POWER[base['name']]
    lam = torch.as_tensor(o['lambda']) * torch.ones(k.shape[-1])
    lo = torch.clamp(lam, max=1.0)
    f = residual(e=p - y, **base)
    if power == 1: factor = torch.maximum(k.abs(), lam.expand_as(k)) / (lo * torch.sqrt(1 + k * k))
    else: factor = torch.maximum(k * k, lam.expand_as(k)) / (lo * (1 + k * k))
    v = f.unsqueeze(-1) * factor
    if o.get('reduction', 'batch') == 'batch': v = v.mean(0)
    a, b, mix = v.abs().sum(-1), v.norm(dim=-1), o.get('mix', .5)
    return {'l1': a, 'l2': b, 'elastic': mix * a + (1 - mix) * b}[o.get('norm', 'l2')].mean()


# ---- objectives

def residuals(terms):
    """The residuals of a sum, those of its Lai losses among them, and their weights."""
    return ([(t['weight'], dict(name=t['name'], **t['options'])) for t in terms if t['kind'] == 'residual']
            + [(t['weight'], t['options'].get('base', dict(name='mse'))) for t in terms if t['kind'] == 'lai'])


def value(terms, net, act, x, y, c):
    x = x.clone().requires_grad_()
    masks = None if 'masks' not in c else [torch.tensor(m) for m in c['masks']]
    p = forward(net, act, x, masks)
    k = slopes(p, x)
    c = dict(c, x=x.detach(), residuals=residuals(terms))
    total = 0
    for t in terms:
        if t['kind'] == 'residual': v = residual(t['name'], p - y, **t['options']).mean()
        elif t['kind'] == 'lai': v = lai(t['options'], p, y, k)
        else: v = penalty(t, net, act, p, y, k, c)
        total = total + t['weight'] * v
    return total


def R(name, weight=1.0, **options): return dict(kind='residual', name=name, weight=weight, options=options)
def P(name, factor=1.0, **options): return dict(kind='penalty', name=name, weight=factor, options=options)
def L(weight=1.0, **options): return dict(kind='lai', name='lai', weight=weight, options=options)


def leaves(problem): return ([w.clone().requires_grad_() for w in problem.W], [b.clone().requires_grad_() for b in problem.B])


CASES = []
def case(problem, *terms, **c):
    q = PROBLEMS[problem]
    net = leaves(q)
    x = q.x
    if 'adversarial' in c:
        x = adversarial(q, c['adversarial'])
    v = value(terms, net, q.activation, x, q.y, c)
    gr = torch.autograd.grad(v, net[0] + net[1], allow_unused=True)
    gr = [torch.zeros_like(t) if a is None else a for t, a in zip(net[0] + net[1], gr)]
    n = len(net[0])
    CASES.append(dict(problem=problem, terms=list(terms), **c, value=v.item(),
                      weight_gradients=[t.tolist() for t in gr[:n]], bias_gradients=[t.tolist() for t in gr[n:]]))


def adversarial(q, a):
    """x + epsilon sign(d loss_i / d x_i) in some of the rows, of the base loss's value per row."""
    base = a['base']
    x = q.x.clone().requires_grad_()
    e = forward(leaves(q), q.activation, x) - q.y
    gradient = torch.autograd.grad(residual(e=e, **base).sum(), x)[0]
    moved = q.x.clone()
    for row in a['rows']: moved[row] += a['epsilon'] * gradient[row].sign()
    a['x'] = moved.tolist()
    return moved


def masks(q, p):
    """Dropout's multipliers: 0, or 1/(1 - p)."""
    q = PROBLEMS[q]
    return [((torch.rand(len(q.x), width, generator=g) >= p) / (1 - p)).tolist() for width in q.sizes[1:-1]]


ALL = list(PROBLEMS)
FEW = ['linear2', 'shallow', 'deep2', 'relu']
for problem in ALL:
    for term in [R('huber', delta=.4), R('logcosh'), R('quantile', q=.2)]: case(problem, term)
for term in [R('mse'), R('mae'), R('huber'), R('quantile', .7, q=.9)]: case('deep', term); case('deep2', term)

for problem in ['deep', 'deep2']:
    for biases in [False, True]:
        for term in [P('l1', weight=.3, biases=biases), P('l2', weight=.3, biases=biases),
                     P('elastic', weight=.3, mix=.2, biases=biases)]:
            case(problem, term)

for problem in ALL:
    case(problem, P('jacobian', weight=.3)); case(problem, P('jacobian', weight=.3, power=1))
    case(problem, R('mse'), P('double_backprop', weight=.2)); case(problem, R('mse'), P('input_gradient', weight=.2))
for problem in ['deep', 'deep2']:
    for features in [dict(X1=.5, X3=2.0), ['X2'], [1.0, False, .25], dict(X2=3.0, default=.1)]:
        case(problem, P('jacobian', features=features)); case(problem, P('jacobian', power=1, features=features))
    case(problem, R('mse'), P('double_backprop', features=dict(X1=.5, X3=2.0)))
    case(problem, R('mse'), P('input_gradient', features=['X2', 'X3']))
    case(problem, P('sobolev', features=dict(X1=.5, X3=2.0)), slopes=normal(5, PROBLEMS[problem].sizes[-1], 3).squeeze(1).tolist())

for problem in FEW:
    for base in [R('huber', delta=.6), R('logcosh'), R('mae'), R('quantile', q=.3)]:
        case(problem, base, P('double_backprop', weight=.5))
    for norm in ['l1', 'l2', 'linf']:
        for squared in [False, True]:
            case(problem, R('mse'), P('input_gradient', weight=.5, norm=norm, squared=squared))
    case(problem, R('huber', delta=.6), P('input_gradient', norm='l1'))
    case(problem, R('mse', .5), R('logcosh', 2.0), P('double_backprop'))
for problem in ['deep', 'shallow2', 'linear2']:
    for norm in ['l2', 'l1', 'linf']:
        case(problem, R('mse'), P('input_gradient', weight=.5, norm=norm, steps=.1))
    case(problem, R('huber', delta=.4), P('input_gradient', weight=.5, squared=True, steps=.05))
for problem in ALL:
    q = PROBLEMS[problem]
    case(problem, P('sobolev', weight=.4), slopes=normal(len(q.x), q.sizes[-1], q.sizes[0]).squeeze(1).tolist())
    case(problem, P('jacobian', weight=.3), interpolates=normal(len(q.x), q.sizes[0]).tolist())
for problem in ['deep', 'shallow2', 'linear']:
    case(problem, R('mse'), adversarial=dict(rows=[0, 3], epsilon=.1, base=dict(name='mse')))
    case(problem, R('huber', delta=.5), adversarial=dict(rows=[1, 2, 4], epsilon=.05, base=dict(name='huber', delta=.5)))

for problem in ['shallow', 'deep', 'deep2', 'relu', 'wide']:
    m = masks(problem, .4)
    case(problem, R('mse'), masks=m)
    case(problem, R('mse'), P('jacobian', weight=.3), masks=m)
    case(problem, L(**{'lambda': .3}), masks=m)

for problem in FEW + ['deep']:
    for base in [dict(name='huber', delta=.5), dict(name='logcosh'), dict(name='quantile', q=.3)]:
        for reduction in ['batch', 'sample']:
            case(problem, L(base=base, reduction=reduction, **{'lambda': .2}))
    case(problem, L(base=dict(name='huber'), norm='elastic', mix=.3, **{'lambda': [.1, 2.0, .5]}))

for problem in ['deep', 'deep2', 'relu', 'wide']:
    case(problem, L(base=dict(name='huber', delta=.5), **{'lambda': .2}), P('l2', weight=.1), R('huber', delta=.5), masks=masks(problem, .3))
for problem in ['deep', 'deep2', 'shallow2', 'linear']:
    case(problem, R('mse'), P('jacobian', .1), P('l1', weight=.01))
    case(problem, R('mse', .5), L(.5, **{'lambda': .1}), P('double_backprop', .3, weight=.5), P('jacobian', .2, power=1),
         P('elastic', weight=.05))
    case(problem, L(.5, **{'lambda': .1}), L(.25, reduction='sample', norm='l1', base=dict(name='mae'), **{'lambda': 2.0}))
    case(problem, R('mae'), R('quantile', 2.0, q=.1), P('input_gradient', norm='l2', squared=True))


# ---- optimizers: centralized gradients

OPTIMIZERS = []
def steps(problem, make, options, centralize, updates=4):
    """options are Lai's; make takes PyTorch's."""
    q = PROBLEMS[problem]
    W, B = leaves(q)
    optimizer = make(W + B)
    for _ in range(updates):
        optimizer.zero_grad()
        residual('mse', forward((W, B), q.activation, q.x) - q.y).mean().backward()
        if centralize:
            for w in W: w.grad -= w.grad.mean(1, keepdim=True)
        optimizer.step()
    OPTIMIZERS.append(dict(problem=problem, optimizer=options, updates=updates,
                           weights=[w.tolist() for w in W], biases=[b.tolist() for b in B]))

T = torch.optim
for centralize in [True, False]:
    for name, options, make in [
        ('adam', dict(lr=.05), lambda ps: T.Adam(ps, lr=.05)),
        ('adamw', dict(lr=.05, weight_decay=.1), lambda ps: T.AdamW(ps, lr=.05, weight_decay=.1)),
        ('sgd', dict(lr=.05), lambda ps: T.SGD(ps, lr=.05)),
        ('sgd', dict(lr=.05, momentum=.9, nesterov=True), lambda ps: T.SGD(ps, lr=.05, momentum=.9, nesterov=True)),
        ('rmsprop', dict(lr=.02, momentum=.5), lambda ps: T.RMSprop(ps, lr=.02, momentum=.5)),
    ]:
        for problem in ['deep', 'deep2', 'linear2'] if centralize else ['deep']:
            steps(problem, make, dict(name=name, centralize=centralize, **options), centralize)


# ---- whole runs

RUNS = []
def run(problem, terms, name, options, make, epochs=3):
    q = PROBLEMS[problem]
    W, B = leaves(q)
    optimizer = make(W + B)
    history = []
    for _ in range(epochs):
        optimizer.zero_grad()
        v = value(terms, (W, B), q.activation, q.x, q.y, {})
        v.backward()
        optimizer.step()
        history.append(v.item())
    RUNS.append(dict(problem=problem, terms=terms, optimizer=dict(name=name, **options), epochs=epochs, losses=history,
                     weights=[w.tolist() for w in W], biases=[b.tolist() for b in B]))

for problem in ['deep', 'deep2', 'relu']:
    for terms in [[R('mse'), P('jacobian', .1)], [R('mse'), P('double_backprop', weight=.1)],
                  [L(**{'lambda': .2}), P('l2', weight=.05)]]:
        run(problem, terms, 'sgd', dict(lr=.05, momentum=.9), lambda ps: T.SGD(ps, lr=.05, momentum=.9))
        run(problem, terms, 'adam', dict(lr=.02), lambda ps: T.Adam(ps, lr=.02))

json.dump(dict(problems={n: p.json() for n, p in PROBLEMS.items()}, cases=CASES, optimizers=OPTIMIZERS, runs=RUNS),
          open(sys.argv[1], 'w'), separators=(',', ':'))
print(len(CASES), 'cases,', len(OPTIMIZERS), 'optimizers,', len(RUNS), 'runs')
