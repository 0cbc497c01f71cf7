import Tensors
import Testing

/// Options in texts, as different languages write them.
@Suite struct MessageTests {
  private let lua = OptionNotation(assignment: " = ", list: ("{", "}"))

  @Test func optionsAreWrittenInTheNotation() {
    let message: Message =
      "\(option: "na", .list(["a", "\t"])), \(option: "skip", .number(2)), \(option: "names", .someList)"
    #expect(message.description == #"na: ["a", "\t"], skip: 2, names: […]"#)
    #expect(message.text(in: lua) == #"na = {"a", "\t"}, skip = 2, names = {…}"#)
    let file = FileError(
      "f", line: 3, column: "b", "is odd: \(option: "thousands", "\u{A0}") reads it")
    #expect(file.description == #"'f', line 3, column 'b': is odd: thousands: "\u{A0}" reads it"#)
    // Options of a part stay options.
    let part: Message = "give \(option: "skip", .number(2))"
    #expect(Message("so \(part), or not").text(in: lua) == "so give skip = 2, or not")
    #expect(file.description(in: lua).hasSuffix(#"thousands = "\u{A0}" reads it"#))
  }

  @Test func partsOfOneTextAreOne() {
    let (one, half) = ("one", Message("ha\("lf")"))
    #expect(Message("\(one) and a \(half)") == "one and a half")
    #expect(Message("\(option: "a", "b")") != Message("a: \"b\""))
    #expect(Message("\(half), \(option: "a", "b")") == "half, \(option: "a", "b")")
  }
}
