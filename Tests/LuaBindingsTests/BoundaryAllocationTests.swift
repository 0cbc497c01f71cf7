import CLai
import Foundation
import LuaBindings
import Tensors
import Testing

/// An allocator that fails at its k-th request, once or from then on.
final class FailingAllocator {
  let failing: Int
  let isForever: Bool
  private(set) var requests = 0
  /// Bytes that Lua holds through this allocator, minus those held before.
  private(set) var balance = 0

  init(failingAt failing: Int, forever isForever: Bool) {
    self.failing = failing
    self.isForever = isForever
  }

  var hasFailed: Bool { requests >= failing }

  func install(in state: OpaquePointer) {
    lai_set_allocator(
      state,
      { context, block, old, new in
        Unmanaged<FailingAllocator>.fromOpaque(context!).takeUnretainedValue()
          .allocate(block, block == nil ? 0 : old, new)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func allocate(_ block: UnsafeMutableRawPointer?, _ old: Int, _ new: Int)
    -> UnsafeMutableRawPointer?
  {
    if new == 0 {
      free(block)
      balance -= old
      return nil
    }
    if new > old {  // Lua counts on shrinking never to fail
      requests += 1
      if requests == failing || (isForever && requests > failing) { return nil }
    }
    guard let result = realloc(block, new) else { return nil }
    balance += new - old
    return result
  }
}

@Suite("Boundary: allocation") struct BoundaryAllocationTests {
  /// Everything at the boundary that allocates: the module itself, objects, errors, tables.
  static let workload = """
    local lai = require "lai"
    local g = lai.generator(1)
    pcall(lai.generator, "no number")
    pcall(function() return g.unknown end)
    local text = tostring(g) .. lai.json.encode({a = {1, 2, {b = "c"}}})
    local value = lai.json.decode('{"a": [1, 2, {"b": "c"}]}')
    local run = coroutine.wrap(function() coroutine.yield(g:uniform()) error({}) end)
    run() pcall(run)
    do local closed <close> = lai.generator(3) end
    local x = lai.tensor({{1, 2}, {3, 4}, {5, 6}})
    local y = (x * 2 + 1):sum(2)
    local t = {x:totable(), x.shape, tostring(x), x[{ {1, 2}, 1 }]}
    pcall(function() return x:matmul(x) end)
    local net = lai.mlp{inputs = 2, hidden = {3}}
    local loss = lai.loss.lai{lambda = {X1 = 0.1, default = 1}}
    local v, gradients = loss:gradients(net, x, y)
    local data = lai.synthetic.line{n = 4}
    local calls = 0
    local run = lai.train{model = lai.mlp{inputs = 1, hidden = {2}}, data = data, epochs = 2,
      on_epoch = function(e) calls = calls + e.epoch end}
    t[5] = run.history
    pcall(lai.train, {model = net, data = data, epochs = 1, on_epoch = error})
    local function energy(p) return lai.grad(function(x) return (p.w * x:tanh()):sum() end)(x):square():sum() end
    local value, slope = lai.value_and_grad(energy)({w = x:clone()})
    local hessian = lai.hessian(function(v) return v:square():sum() end)(lai.ones(2))
    pcall(lai.grad(lai.grad(function(x) error({x}) end)), x)
    local loss = lai.loss.custom(function(y, target, k) return (y - target):square():mean() + k:square():sum() end)
    local run = lai.train{model = lai.mlp{inputs = 1, hidden = {2}}, data = data, epochs = 1, loss = loss}
    lai.optim.sgd({x}):step(function(p) return p[1]:square():sum() end)
    """

  /// Whether the workload was completed.
  private func runs(_ allocator: FailingAllocator) -> Bool {
    do {
      let interpreter = try Interpreter(ignoringEnvironment: false, configure: allocator.install)
      return try withExtendedLifetime(interpreter) {
        try interpreter.run(Self.workload)
        return true
      }
    } catch let failure as LuaFailure {
      #expect(failure.message.contains("memory"), "\(failure.message)")
      return false
    } catch {
      Issue.record("another error: \(error)")
      return false
    }
  }

  @Test("failing at the k-th request, for every k", arguments: [false, true])
  func failingAtEveryRequest(forever: Bool) {
    let living = lai_live_objects()
    var k = 1
    while true {
      let allocator = FailingAllocator(failingAt: k, forever: forever)
      let finished = runs(allocator)
      #expect(allocator.balance <= 0, "leaked \(allocator.balance) bytes at request \(k)")
      if !allocator.hasFailed {
        #expect(finished)
        break
      }
      k += 1
    }
    #expect(k > 300, "the workload hardly allocates: \(k)")
    #expect(lai_live_objects() == living)
    // No derivative is left unfinished: its variables can be written to.
    #expect(throws: Never.self) { try Tensor.ones([2]).fill(with: 2) }
    #expect(!Derivative.isBeingTaken)
  }
}
