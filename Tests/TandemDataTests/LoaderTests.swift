import Synchronization
import TandemArray
import TandemShapes
import Testing

@testable import TandemData

/// Numbers with random parts, and faults where they are wanted.
private struct Noisy: DataSet {
  let passes = PassCounter()
  let count: Int
  var wrong: Set<Int> = []

  func item(_ index: Int, key: RandomKey) throws -> Sample {
    if wrong.contains(index) { throw DataSetError(.malformed, "noisy: broken: a.bin") }
    var random = PhiloxGenerator(key)
    return Sample(NDArray(Double(index)), NDArray(Double(random.next(from: 0, to: 1))))
  }
}

/// Reading ahead: the same batches with any number of threads, bounds, shards and breaks.
@Suite struct LoaderTests {
  private typealias Seen = [[Double]]

  private func seen(_ batches: some Sequence<Sample>) -> Seen {
    batches.map { $0.input.scalars(as: Double.self) + $0.target.scalars(as: Double.self) }
  }

  private func options(_ loaders: Int) -> LoadingOptions {
    LoadingOptions(loaders: loaders, batches: 3, bytes: 1 << 10)
  }

  @Test("the same batches at any number of loaders, in every way to end a pass")
  func loaders() {
    for last in [LastBatch.keep, .drop, .pad, .rollOver] {
      let passes = [0, 1, 2, 7].map { loaders -> [Seen] in
        withSeed(3) {
          let set = Noisy(count: 53)
          return (0..<3).map { _ in
            seen(set.batches(of: 8, shuffled: true, last: last, loading: options(loaders)))
          }
        }
      }
      #expect(passes.allSatisfy { $0 == passes[0] }, "\(last)")
      #expect(passes[0][0] != passes[0][1])
      let counts = passes[0].map { $0.map { $0.count / 2 } }
      switch last {
      case .keep: #expect(counts[0] == [8, 8, 8, 8, 8, 8, 5])
      case .drop: #expect(counts[0] == [8, 8, 8, 8, 8, 8])
      case .pad: #expect(counts[0] == [8, 8, 8, 8, 8, 8, 8])
      case .rollOver:
        // 53 + 53 + 53 items are 19 batches and 7 items.
        #expect(counts.map(\.count) == [6, 7, 6])
        let all = passes[0].flatMap { $0.flatMap { $0.prefix(8) } }
        #expect(
          (0..<53).allSatisfy { item in (2...3).contains(all.filter { $0 == Double(item) }.count) })
      }
    }
  }

  @Test("a pass that was interrupted goes on with the same batches", arguments: [1, 4] as [UInt64])
  func resuming(seed: UInt64) throws {
    try withSeed(seed) {
      let set = Noisy(count: 40)
      _ = seen(set.batches(of: 6, shuffled: true))
      let pass = set.batches(of: 6, shuffled: true)
      let whole = seen(pass)
      let next = seen(set.batches(of: 6, shuffled: true))
      for done in 0...pass.count {
        let text = pass.position(after: done).description
        let position = try #require(BatchPosition(text))
        let fresh = Noisy(count: 40)
        let rest = try withSeed(99) { try fresh.batches(resuming: position) }
        #expect(rest.count == pass.count - done)
        #expect(seen(rest) == Array(whole[done...]))
        #expect(seen(fresh.batches(of: 6, shuffled: true)) == next)
      }
      #expect {
        try Noisy(count: 41).batches(resuming: pass.position(after: 0))
      } throws: { "\($0)" == "batches: the position is of 40 items, the set has 41" }
      #expect(BatchPosition("batches 2 items=1") == nil && BatchPosition("") == nil)
    }
  }

  @Test("shards are the batch in parts, whoever computes them")
  func shards() {
    func batches(_ shards: VirtualShards) -> Seen {
      withSeed(5) {
        seen(Noisy(count: 64).batches(of: 16, shuffled: true, for: shards))
      }
    }
    let whole = batches(.whole)
    let parts = batches(VirtualShards(4))
    #expect(parts.count == 16)
    for batch in 0..<4 {
      let mine = parts[batch * 4..<batch * 4 + 4]
      #expect(mine.flatMap { $0.prefix(4) } == Array(whole[batch].prefix(16)))
      #expect(mine.flatMap { $0.suffix(4) } == Array(whole[batch].suffix(16)))
    }
    for workers in 1...4 {
      let all = (0..<workers).map { rank in
        (VirtualShards(4, workers: workers, rank: rank), rank)
      }
      #expect(all.flatMap { $0.0.mine } == [0, 1, 2, 3])
      let joined = all.map { batches($0.0) }
      for batch in 0..<4 {
        let gathered = zip(all, joined).flatMap { worker, list in
          let width = worker.0.mine.count
          return Array(list[batch * width..<(batch + 1) * width])
        }
        #expect(gathered == Array(parts[batch * 4..<batch * 4 + 4]))
      }
    }
  }

  @Test("a broken item is named, and the batches behind it come")
  func errors() throws {
    let set = Noisy(count: 12, wrong: [5])
    for loaders in [0, 2] {
      var iterator = set.batches(of: 4, loading: options(loaders)).makeIterator()
      #expect(try iterator.checkedNext() != nil)
      #expect {
        try iterator.checkedNext()
      } throws: { "\($0)" == "item 5 of Noisy: noisy: broken: a.bin" }
      #expect(try iterator.checkedNext()?.input.scalars(as: Int.self) == [8, 9, 10, 11])
      #expect(try iterator.checkedNext() == nil)
    }
  }

  @Test("no more is read ahead than may be, and nothing after the loop is left")
  func bounds() throws {
    final class Count: Sendable {
      let made = Atomic(0)
    }
    let count = Count()
    let set = Noisy(count: 1000).map { sample -> Sample in
      count.made.wrappingAdd(1, ordering: .relaxed)
      return sample
    }
    var iterator = set.batches(
      of: 10, loading: LoadingOptions(loaders: 2, batches: 5)
    ).makeIterator()
    for taken in 1...20 {
      _ = iterator.next()
      #expect(count.made.load(ordering: .relaxed) <= (taken + 5) * 10)
    }
    // A batch of ten takes 80 bytes: only one more fits.
    let before = count.made.load(ordering: .relaxed)
    var tight = set.batches(
      of: 10, loading: LoadingOptions(loaders: 4, batches: 9, bytes: 100)
    ).makeIterator()
    _ = tight.next()
    _ = tight.next()
    #expect(count.made.load(ordering: .relaxed) - before <= 80)
  }

  @Test("transforms, parts and splits")
  func views() throws {
    let set = Noisy(count: 10)
    func inputs(_ set: some DataSet<Sample>) throws -> [Int] {
      try (0..<set.count).map { Int(try set.item($0).input.item()) }
    }
    #expect(try inputs(set.selecting([3, 3, 1])) == [3, 3, 1])
    #expect(try inputs(set.part(1, of: 3)) == [1, 4, 7])
    #expect(try inputs(set.prefix(2)) == [0, 1])
    #expect(try inputs(set.filter { $0.input.item() > 7 }) == [8, 9])
    let (train, rest) = set.split(0.7, seed: 4)
    #expect(
      try inputs(train).count == 7 && (inputs(train) + inputs(rest)).sorted() == Array(0..<10))
    let shifted = set.map { sample, random in
      Sample(sample.input + 100, NDArray(Double(random.next(from: 0, to: 1))))
    }
    let one = withSeed(1) { seen(shifted.batches(of: 5, shuffled: true)) }
    #expect(withSeed(1) { seen(Noisy(count: 10).map { $0 }.batches(of: 5, shuffled: true)) } != one)
    #expect(try inputs(shifted) == Array(100..<110))
    let rows = ArraySet(NDArray([[1, 2], [3, 4], [5, 6]]), NDArray([1, 2, 3]))
    let batch = try #require(Array(rows.batches(of: 2)).last)
    #expect(batch.input.shape == [1, 2] && batch.target.scalars(as: Int.self) == [3])
    #expect(try rows.item(1).input.scalars(as: Int.self) == [3, 4])
  }
}
