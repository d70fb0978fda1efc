import Testing

@testable import TandemThreads

struct SizeClassTests {
  @Test func eachClassHoldsItsSizesAndWastesAtMostAQuarter() {
    var previous = 0
    for index in 0..<SizeClass.count {
      let size = SizeClass.byteCount(of: index)
      #expect(size > previous)
      #expect(size % 64 == 0)
      #expect(SizeClass.index(of: previous + 1) == index)
      #expect(SizeClass.index(of: size) == index)
      if previous >= 256 { #expect(size * 4 <= (previous + 1) * 5) }
      previous = size
    }
    #expect(SizeClass.index(of: 0) == 0)
  }
}
