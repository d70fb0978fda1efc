import Dispatch
import Glibc
import Synchronization
import Testing

@testable import TandemShapes

@_transparent
private func place() -> CallSite { CallSite.here() }

@inline(never)
private func somewhere() -> (CallSite, Int) {
  let site = place()
  let line = #line - 1
  return (site, line)
}

struct CallSiteTests {
  @Test("a file and line are kept in one word")
  func fileAndLine() {
    let line: UInt = #line
    let site = CallSite(#fileID, line)
    #expect(site.description == "CallSiteTests.swift:\(line)")
    #expect(CallSite("Some/where.swift", 70_000).description == "where.swift:32767")
    #expect(site == CallSite(#fileID, line))
    #expect(MemoryLayout<CallSite>.size == 8)
  }

  @Test("an unknown place says so")
  func unknown() {
    #expect(CallSite.unknown.description == "unknown place")
    #expect(CallSite(word: 1 << 63).description == "unknown place")
    #expect(CallSite(word: 1 << 63 | 8).description == "unknown place")
  }

  @Test(
    "the runtime and an outside tool both find the line; without a tool, or lines, the function")
  func symbolizers() throws {
    let (site, line) = somewhere()
    let address = try #require(site.returnAddress)
    #expect(site.description == "CallSiteTests.swift:\(line)")
    #expect(CallSite.Symbolizer.runtime.place(of: address) == "CallSiteTests.swift:\(line)")
    // Machines without llvm-symbolizer and addr2line answer nil; a wrong answer is never right.
    if let found = CallSite.Symbolizer.tool.place(of: address) {
      #expect(found == "CallSiteTests.swift:\(line)")
    }
    if let found = CallSite.Symbolizer.symbolTable.place(of: address) {
      #expect(found.contains("somewhere") && found.contains(" + "))
    }
  }

  @Test("a file that another thread unmaps meanwhile is no harm")
  func unmappedMeanwhile() throws {
    let (site, line) = somewhere()
    let address = try #require(site.returnAddress)
    let expected = "CallSiteTests.swift:\(line)"
    let wrong = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      if thread == 0 {
        for _ in 0..<50 where CallSite.Symbolizer.runtime.place(of: address) != expected {
          wrong.add(1, ordering: .relaxed)
        }
      } else {
        let file = open(#filePath, O_RDONLY)
        defer { close(file) }
        for _ in 0..<50_000 {
          let page = mmap(nil, 4096, PROT_READ, MAP_PRIVATE, file, 0)
          if let page, page != MAP_FAILED { munmap(page, 4096) }
        }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test("addresses of nothing are nowhere, by every symbolizer", arguments: [UInt(1), 4096])
  func nowhere(address: UInt) {
    for symbolizer in CallSite.Symbolizer.allCases {
      #expect(symbolizer.place(of: address) == nil)
    }
  }

  @Test("a failure reads as message and place")
  func failure() {
    let known = Failure(message: "add: wrong: 3", site: CallSite("A/user.swift", 13))
    #expect(known.description == "add: wrong: 3 (user.swift:13)")
    #expect(Failure(message: "add: wrong: 3", site: .unknown).description == "add: wrong: 3")
  }
}
