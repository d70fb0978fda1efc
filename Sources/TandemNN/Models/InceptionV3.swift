/// Inception, version 3: 23,834,568 parameters in 284 arrays for 1000 classes, or 27,161,264 with
/// the auxiliary head.
///
/// - Input: `[batch, 3, 299, 299]`, or any size from 75 up, 299 with the auxiliary head. Output:
///   `[batch, classes]`, scores.
/// - Reference: Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, *Rethinking the Inception Architecture
///   for Computer Vision*, arXiv:1512.00567.
public struct InceptionV3: ReportingLayer {
  /// From the picture to 192 channels.
  public let stem: Sequential
  /// The eleven blocks of branches.
  public let blocks: Sequential
  /// From the last channels to scores.
  public let head: Sequential
  /// From the output of the eighth block to scores, for a second loss in training.
  public let auxiliary: Sequential?

  /// - Parameters:
  ///   - classes: the number of scores.
  ///   - hasAuxiliary: whether there is a second head; see ``trainingScores(_:)``.
  public init(classes: Int = 1000, hasAuxiliary: Bool = false) {
    stem = Sequential {
      InceptionV3.unit(32, 3, stride: 2)
      InceptionV3.unit(32, 3)
      InceptionV3.unit(64, 3, padding: 1)
      MaxPool2D(3, stride: 2)
      InceptionV3.unit(80, 1)
      InceptionV3.unit(192, 3)
      MaxPool2D(3, stride: 2)
    }
    blocks = Sequential {
      for pooled in [32, 64, 64] { InceptionV3.coarse(pooled) }
      InceptionV3.firstReduction()
      for width in [128, 160, 160, 192] { InceptionV3.factored(width) }
      InceptionV3.secondReduction()
      for _ in 0..<2 { InceptionV3.wide() }
    }
    head = Sequential {
      GlobalAveragePool()
      Dense(classes)
    }
    auxiliary =
      hasAuxiliary
      ? Sequential {
        AveragePool2D(5, stride: 3)
        InceptionV3.unit(128, 1)
        InceptionV3.unit(768, 5)
        GlobalAveragePool()
        Dense(classes)
      } : nil
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { head(blocks(stem(x))) }

  /// The scores of both heads, of which the second's loss counts 0.4 in the paper; stops with a
  /// message if there is one head.
  public func trainingScores(
    _ x: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> (main: NDArray, auxiliary: NDArray) {
    guard let auxiliary else {
      fail("InceptionV3: there is no auxiliary head", at: CallSite(file, line))
    }
    let first = blocks.layers.prefix(8).reduce(stem(x)) { $1($0) }
    return (head(blocks.layers.dropFirst(8).reduce(first) { $1($0) }), auxiliary(first))
  }

  /// Convolution without bias, batch normalisation and ReLU.
  private static func unit(
    _ channels: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0
  ) -> Sequential {
    unit(channels, [kernel, kernel], stride, [padding, padding])
  }

  private static func unit(
    _ channels: Int, _ kernel: [Int], _ stride: Int = 1, _ padding: [Int]
  ) -> Sequential {
    Sequential {
      Conv2D(
        channels: channels, kernel: kernel, stride: stride, padding: padding, hasBias: false,
        initializer: .heNormal)
      BatchNorm(channels: channels, epsilon: 1e-3)
      ReLU()
    }
  }

  private static func row(_ channels: Int) -> Sequential { unit(channels, [1, 7], 1, [0, 3]) }

  private static func column(_ channels: Int) -> Sequential { unit(channels, [7, 1], 1, [3, 0]) }

  private static func pooled(_ channels: Int) -> Sequential {
    Sequential {
      AveragePool2D(3, stride: 1, padding: 1)
      unit(channels, 1)
    }
  }

  private static func coarse(_ pool: Int) -> Branches {
    Branches {
      unit(64, 1)
      Sequential {
        unit(48, 1)
        unit(64, 5, padding: 2)
      }
      Sequential {
        unit(64, 1)
        unit(96, 3, padding: 1)
        unit(96, 3, padding: 1)
      }
      pooled(pool)
    }
  }

  private static func firstReduction() -> Branches {
    Branches {
      unit(384, 3, stride: 2)
      Sequential {
        unit(64, 1)
        unit(96, 3, padding: 1)
        unit(96, 3, stride: 2)
      }
      MaxPool2D(3, stride: 2)
    }
  }

  private static func factored(_ width: Int) -> Branches {
    Branches {
      unit(192, 1)
      Sequential {
        unit(width, 1)
        row(width)
        column(192)
      }
      Sequential {
        unit(width, 1)
        column(width)
        row(width)
        column(width)
        row(192)
      }
      pooled(192)
    }
  }

  private static func secondReduction() -> Branches {
    Branches {
      Sequential {
        unit(192, 1)
        unit(320, 3, stride: 2)
      }
      Sequential {
        unit(192, 1)
        row(192)
        column(192)
        unit(192, 3, stride: 2)
      }
      MaxPool2D(3, stride: 2)
    }
  }

  private static func split() -> Branches {
    Branches {
      unit(384, [1, 3], 1, [0, 1])
      unit(384, [3, 1], 1, [1, 0])
    }
  }

  private static func wide() -> Branches {
    Branches {
      unit(320, 1)
      Sequential {
        unit(384, 1)
        split()
      }
      Sequential {
        unit(448, 1)
        unit(384, 3, padding: 1)
        split()
      }
      pooled(192)
    }
  }
}
