/// Sentences of the Wall Street Journal with rare words and numbers replaced: 10,000 words.
///
/// - Reference: Mikolov et al., *Recurrent neural network based language model*, 2010; Marcus,
///   Santorini and Marcinkiewicz, *Building a Large Annotated Corpus of English*, 1993.
public struct PennTreebank: Sendable {
  /// The words of the training text, the most frequent first, `<eos>` for ends of lines.
  public let vocabulary: Vocabulary
  /// The numbers of the training text's words.
  public let train: [Int32]
  /// Of the text that chooses models.
  public let validation: [Int32]
  /// Of the text to judge by.
  public let test: [Int32]

  /// Loads the set from `$TANDEM_DATA/ptb`, the user's cache, or the address in `TANDEM_PTB_URL`.
  ///
  /// - Throws: `DataSetError` if it cannot be had, or is incomplete or malformed.
  public static func load() async throws(DataSetError) -> PennTreebank {
    let texts = try await loadTexts(.ptb)
    let tokens = texts.map { words(of: $0, lineEnd: "<eos>") }
    let vocabulary = Vocabulary(tokens[0])
    return PennTreebank(
      vocabulary: vocabulary, train: try vocabulary.encode(tokens[0]),
      validation: try vocabulary.encode(tokens[1]), test: try vocabulary.encode(tokens[2]))
  }
}

/// A million characters of plays by Shakespeare: nine tenths to learn from, the rest to judge by.
///
/// - Reference: Karpathy, *The Unreasonable Effectiveness of Recurrent Neural Networks*, 2015.
public struct TinyShakespeare: Sendable {
  /// The characters, in the order of their code.
  public let vocabulary: Vocabulary
  /// The numbers of the first nine tenths.
  public let train: [Int32]
  /// Of the rest.
  public let validation: [Int32]

  /// Loads the set from `$TANDEM_DATA/tinyshakespeare`, the user's cache, or the network (the
  /// address in `TANDEM_TINYSHAKESPEARE_URL`, if that is set).
  ///
  /// - Throws: `DataSetError` if it cannot be had, or is incomplete or malformed.
  public static func load() async throws(DataSetError) -> TinyShakespeare {
    let tokens = characters(of: try await loadTexts(.tinyShakespeare)[0])
    let vocabulary = Vocabulary(tokens: Set(tokens).sorted())
    let numbers = try vocabulary.encode(tokens)
    let count = numbers.count * 9 / 10
    return TinyShakespeare(
      vocabulary: vocabulary, train: Array(numbers[..<count]),
      validation: Array(numbers[count...]))
  }
}

/// Sentences of film reviews, half of them in praise.
///
/// - Reference: Pang and Lee, *Seeing stars*, ACL 2005.
public struct MovieReviews: Sendable {
  /// Sentences and whether they praise (1) or not (0); those in praise first.
  public let sentences: [(text: String, label: Int)]

  /// Loads the set from `$TANDEM_DATA/rt_polarity`, the user's cache, or the network (the address
  /// in `TANDEM_RT_POLARITY_URL`, if that is set).
  ///
  /// - Throws: `DataSetError` if it cannot be had, or is incomplete or malformed.
  public static func load() async throws(DataSetError) -> MovieReviews {
    let texts = try await loadTexts(.rtPolarity)
    return MovieReviews(
      sentences: zip(texts, [1, 0]).flatMap { text, label in
        text.split(separator: "\n").map { (String($0), label) }
      })
  }
}

/// Finds and reads the files of a set of texts.
func loadTexts(_ set: DataSetDescription) async throws(DataSetError) -> [String] {
  let locator = DataSetLocator(environmentFor: set)
  return try await onThreadOfItsOwn { () throws(DataSetError) in
    var texts: [String] = []
    for path in try locator.locate(set).paths {
      let bytes = try plainFile(path, largest: 1 << 30)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw DataSetError(.malformed, "text: not UTF-8: \(path)")
      }
      texts.append(text)
    }
    return texts
  }
}
