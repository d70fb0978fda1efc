import TandemShapes

/// A place in a pass through a data set, small enough for a checkpoint: from it the pass goes on
/// with the very batches that it would have had.
///
///     let position = batches.position(after: 17)        // 17 batches are done
///     let rest = try set.batches(resuming: position)
///
/// As text: `batches 1 items=60000 size=128 shuffled=1 last=keep shards=1 seed=7 pass=2 next=17`.
public struct BatchPosition: Hashable, Sendable, LosslessStringConvertible {
  /// How many items the set has; another set is refused.
  public let items: Int
  /// Items in a batch, of all shards together.
  public let size: Int
  /// Whether the items come in random order.
  public let isShuffled: Bool
  /// What becomes of the rest.
  public let last: LastBatch
  /// How many virtual shards each batch has.
  public let shards: Int
  /// What order and random items follow from.
  public let seed: UInt64
  /// Which pass it is, counted from zero.
  public internal(set) var pass: Int
  /// How many batches of the pass are done.
  public internal(set) var next: Int

  /// All fields in one line.
  public var description: String {
    "batches 1 items=\(items) size=\(size) shuffled=\(isShuffled ? 1 : 0) last=\(last.rawValue) "
      + "shards=\(shards) seed=\(seed) pass=\(pass) next=\(next)"
  }

  init(
    items: Int, size: Int, isShuffled: Bool, last: LastBatch, shards: Int, seed: UInt64, pass: Int
  ) {
    (self.items, self.size, self.isShuffled, self.last) = (items, size, isShuffled, last)
    (self.shards, self.seed, self.pass, next) = (shards, seed, pass, 0)
  }

  /// Reads what ``description`` wrote; `nil` for anything else.
  public init?(_ description: String) {
    let words = description.split(separator: " ", omittingEmptySubsequences: false)
    let names = ["items", "size", "shuffled", "last", "shards", "seed", "pass", "next"]
    guard words.count == names.count + 2, words[0] == "batches", words[1] == "1" else { return nil }
    var fields: [Substring] = []
    for (word, name) in zip(words.dropFirst(2), names) {
      guard word.hasPrefix("\(name)=") else { return nil }
      fields.append(word.dropFirst(name.count + 1))
    }
    guard let items = Int(fields[0]), let size = Int(fields[1]),
      let last = LastBatch(
        rawValue: String(fields[3])), let shards = Int(fields[4]), let seed = UInt64(fields[5]),
      let pass = Int(fields[6]), let next = Int(fields[7]), ["0", "1"].contains(fields[2]),
      items >= 0, size > 0, shards > 0, pass >= 0, next >= 0
    else { return nil }
    self.init(
      items: items, size: size, isShuffled: fields[2] == "1", last: last, shards: shards,
      seed: seed, pass: pass)
    self.next = next
  }
}
