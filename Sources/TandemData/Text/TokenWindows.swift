import TandemArray
import TandemShapes

/// Windows of a text, each with the tokens that follow: for models that predict the next token.
///
/// | value | shape |
/// | --- | --- |
/// | `input` of item *i* | int64 `[length]`: tokens from place *i* · `stride` |
/// | `target` | int64 `[length]`: the same, one place later |
public struct TokenWindows: DataSet {
  /// The numbers of all tokens, in order.
  public let tokens: [Int32]
  /// Tokens in a window.
  public let length: Int
  /// How far each window begins behind the one before.
  public let stride: Int
  public let passes = PassCounter()

  /// - Parameters:
  ///   - length: must be positive.
  ///   - stride: must be positive; 1 gives every place, `length` windows that do not overlap.
  public init(
    _ tokens: [Int32], length: Int, stride: Int = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    guard length > 0, stride > 0 else {
      fail("token windows: no windows of \(length) every \(stride)", at: CallSite(file, line))
    }
    (self.tokens, self.length, self.stride) = (tokens, length, stride)
  }

  public var count: Int { max(0, tokens.count - length - 1 + stride) / stride }

  /// A window and what follows.
  public func item(_ index: Int, key: RandomKey) throws -> Sample {
    guard (0..<count).contains(index) else {
      throw DataSetError(.missing, "token windows: no item \(index) of \(count)")
    }
    return .window(tokens, at: index * stride, length: length)
  }
}

/// A text read by several readers side by side, for back-propagation through time: with batches of
/// `streams` items in the set's own order, row *b* of each batch goes on where row *b* of the batch
/// before has ended, so that a recurrent network's state carries over.
///
///     for batch in TokenStreams(tokens, streams: 20, length: 35).batches(of: 20) { … }
///
/// What the streams do not divide evenly is left out at the end, as is a last window that is not
/// whole.
public struct TokenStreams: DataSet {
  /// The numbers of all tokens, in order.
  public let tokens: [Int32]
  /// How many readers there are: the batch size to use.
  public let streams: Int
  /// Tokens in a window.
  public let length: Int
  public let passes = PassCounter()

  /// - Parameters:
  ///   - streams: must be positive.
  ///   - length: must be positive.
  public init(
    _ tokens: [Int32], streams: Int, length: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    guard length > 0, streams > 0 else {
      fail(
        "token streams: no windows of \(length) in \(streams) streams", at: CallSite(file, line))
    }
    (self.tokens, self.streams, self.length) = (tokens, streams, length)
  }

  /// Tokens in a stream.
  private var span: Int { tokens.count / streams }

  public var count: Int { max(0, span - 1) / length * streams }

  /// The window of stream `index % streams` at step `index / streams`, and what follows.
  public func item(_ index: Int, key: RandomKey) throws -> Sample {
    guard (0..<count).contains(index) else {
      throw DataSetError(.missing, "token streams: no item \(index) of \(count)")
    }
    let (step, stream) = index.quotientAndRemainder(dividingBy: streams)
    return .window(tokens, at: stream * span + step * length, length: length)
  }
}

extension Sample {
  /// Tokens, and the same one place later.
  static func window(_ tokens: [Int32], at start: Int, length: Int) -> Sample {
    func part(_ start: Int) -> NDArray {
      NDArray(tokens[start..<start + length].map { Int64($0) }, shape: [length])
    }
    return Sample(part(start), part(start + 1))
  }
}
