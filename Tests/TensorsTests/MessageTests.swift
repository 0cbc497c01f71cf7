import Tensors
import Testing

/// Options in texts, as different languages write them.
@Suite struct MessageTests {
  private let lua = OptionNotation(
    assignment: " = ", list: ("{", "}"), firstIndex: 1, copy: "clone()", excluded: "false")

  @Test func optionsAreWrittenInTheNotation() {
    let message: Message =
      "\(option: "na", .list(["a", "\t"])), \(option: "skip", .number(2)), \(option: "names", .someList)"
    #expect(message.description == #"na: ["a", "\t"], skip: 2, names: […]"#)
    #expect(message.text(in: lua) == #"na = {"a", "\t"}, skip = 2, names = {…}"#)
    let file = FileError(
      "f", line: 3, column: "b", "is odd: \(option: "thousands", "\u{A0}") reads it")
    #expect(file.description == #"'f', line 3, column 'b': is odd: thousands: "\u{A0}" reads it"#)
    #expect(file.words.text(in: lua).hasSuffix(#"thousands = "\u{A0}" reads it"#))
    // Options of a part stay options.
    let part: Message = "give \(option: "skip", .number(2))"
    #expect(Message("so \(part), or not").text(in: lua) == "so give skip = 2, or not")
  }

  @Test func placesAndWordsAreWrittenInTheNotation() {
    let message: Message = "\(option: "a", .number(1)): x[\(index: 2)] is \(word: .excluded)"
    #expect(message.description == "a: 1: x[2] is excluded")
    #expect(message.text(in: lua) == "a = 1: x[3] is false")
    let error = ArgumentError(
      worded: "x[\(index: 0)]", mustBe: "its \(word: .copy)", got: "\(word: .excluded)")
    #expect(error.description == "x[0] must be its copy() (got excluded)")
    #expect(error.words.text(in: lua) == "x[1] must be its clone() (got false)")
    #expect([message, "b"].joined(separator: ", ") == "\(message), b")
    #expect([Message]().joined(separator: ", ") == "")
  }

  @Test func partsOfOneTextAreOne() {
    let (one, half) = ("one", Message("ha\("lf")"))
    #expect(Message("\(one) and a \(half)") == "one and a half")
    #expect(Message("\(option: "a", "b")") != Message("a: \"b\""))
    #expect(Message("\(half), \(option: "a", "b")") == "half, \(option: "a", "b")")
  }
}
