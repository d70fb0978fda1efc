/// A convolution network for sentences: windows of several lengths over word vectors, and of each
/// filter the largest answer.
///
/// - Input: `[batch, time]`, the numbers of words; at least as many as the longest window. Output:
///   `[batch, classes]`, scores.
/// - Parameters: `embedding.weight`, `branches` and `head`; for a vocabulary of v words, vectors of
///   length e, and f filters of each window k, `v e + Σ (f e k + f) + (f · windows) · classes +
///   classes`.
/// - Reference: Kim, *Convolutional Neural Networks for Sentence Classification*, arXiv:1408.5882.
public struct TextCNN: ReportingLayer {
  /// The word vectors.
  public let embedding: Embedding
  /// For each window, the largest answers of its filters.
  public let branches: Branches
  /// From these to scores.
  public let head: Sequential

  /// - Parameters:
  ///   - vocabulary: the number of words.
  ///   - features: the lengths of word vectors.
  ///   - windows: the lengths of windows, in words.
  ///   - filters: how many filters there are for each window.
  ///   - classes: the number of scores.
  ///   - dropout: the probability with which an answer becomes zero in training.
  public init(
    vocabulary: Int, features: Int = 300, windows: [Int] = [3, 4, 5], filters: Int = 100,
    classes: Int = 2, dropout: Double = 0.5
  ) {
    embedding = Embedding(vocabulary, features: features)
    branches = Branches {
      for window in windows {
        Sequential {
          Conv1D(channels: filters, kernel: window)
          ReLU()
          GlobalMaxPool()
        }
      }
    }
    head = Sequential {
      Dropout(dropout)
      Dense(classes)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    head(branches(embedding(x).transposed([0, 2, 1])))
  }
}
