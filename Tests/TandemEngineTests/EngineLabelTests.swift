import Testing

@testable import TandemEngine

/// Texts in one word.
@Suite struct EngineLabelTests {
  @Test func equalTextsShareOneWord() {
    let (a, b) = (EngineLabel(interning: "blocks.0"), EngineLabel(interning: "blocks.\(0)"))
    #expect(a == b)
    #expect("\(a)" == "blocks.0")
    #expect(EngineLabel(interning: "") == .none)
  }

  /// Outside data names modules, too: what is kept for good has an end.
  @Test func noMoreThanAreAllowedAreKept() {
    var texts = InternedTexts(countMax: 2)
    let words = ["a", "b", "c", "a", ""].map { texts.word(of: $0) }
    #expect(words[0] != 0 && words[1] != 0 && words[0] != words[1])
    #expect(words[2...] == [0, words[0], 0])
  }
}
