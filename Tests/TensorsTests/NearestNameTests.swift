import Tensors
import Testing

@Suite("Nearest name") struct NearestNameTests {
  @Test(arguments: [
    ("lamda", "lambda"), ("unifrom", "uniform"), ("Tanh", "tanh"), ("epoch", "epochs"),
    ("valdation", "validation"), ("uni", "uniform"),
  ])
  func slips(typed: String, meant: String) {
    let names = ["lambda", "uniform", "tanh", "epochs", "validation", "alpha"]
    #expect(nearestName(to: typed, in: names) == meant)
  }

  @Test("a distant name gives no suggestion") func far() {
    #expect(nearestName(to: "xyz", in: ["lambda", "alpha", "a"]) == nil)
    #expect(nearestName(to: "eps", in: ["epsilon", "epsilons"]) == nil)
    #expect(nearestName(to: "ep", in: ["epsilon"]) == nil)
    #expect(nearestName(to: "lambda", in: []) == nil)
    #expect(nearestName(to: "", in: ["lambda"]) == nil)
  }
}
