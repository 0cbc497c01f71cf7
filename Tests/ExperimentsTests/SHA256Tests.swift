import Testing

@testable import Experiments

@Suite struct SHA256Tests {
  /// The examples of FIPS 180-4.
  @Test func agreesWithKnownDigests() {
    #expect(
      SHA256.hexadecimal(of: "")
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hexadecimal(of: "abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hexadecimal(of: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      SHA256.hexadecimal(of: String(repeating: "a", count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// The padding of every length up to two blocks: the digest of all digests, by Python's hashlib.
  @Test func padsMessagesOfEveryLength() {
    var all = ""
    for count in 0...130 { all += SHA256.hexadecimal(of: String(repeating: "a", count: count)) }
    #expect(
      SHA256.hexadecimal(of: all)
        == "5eee4c50e1b5ec4f1a47f34c25ca988850b49da7904f5ab1b3abc5cc0ae66ef9")
  }
}
