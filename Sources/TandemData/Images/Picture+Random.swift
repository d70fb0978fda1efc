import Glibc
import TandemShapes

// Random transforms; all draw from the generator that they are given, so that an item's picture
// follows from its key.

extension Picture {
  /// Left and right exchanged, with a probability.
  public func randomlyFlipped(
    _ probability: Float = 0.5, _ random: inout PhiloxGenerator
  ) -> Picture {
    random.next(from: 0, to: 1) < probability ? flippedLeftRight() : self
  }

  /// A rectangle at a random place, each equally likely.
  ///
  /// - Parameter padding: a border of zeros that is put around first.
  public func randomlyCropped(
    height newHeight: Int, width newWidth: Int, padding: Int = 0,
    _ random: inout PhiloxGenerator, file: StaticString = #fileID, line: UInt = #line
  ) -> Picture {
    let from = padding > 0 ? padded(by: padding) : self
    func start(_ rest: Int) -> Int { rest > 0 ? Int(random.next(below: UInt32(rest + 1))) : 0 }
    let (top, left) = (start(from.height - newHeight), start(from.width - newWidth))
    return from.cropped(
      top: top, left: left, height: newHeight, width: newWidth, file: file, line: line)
  }

  /// A rectangle of random place, area and proportion, in another size.
  ///
  /// - Parameters:
  ///   - area: which part of the picture's area it may have.
  ///   - ratio: width by height, its logarithm even between these.
  /// - Reference: Szegedy et al., *Going Deeper with Convolutions*, arXiv:1409.4842.
  public func randomlyResizedCrop(
    height newHeight: Int, width newWidth: Int, area: ClosedRange<Float> = 0.08...1,
    ratio: ClosedRange<Float> = 0.75...1.3333333, _ random: inout PhiloxGenerator
  ) -> Picture {
    for _ in 0..<10 {
      let wanted =
        Float(height * width) * random.next(from: area.lowerBound, to: area.upperBound)
      let proportion = exp(random.next(from: log(ratio.lowerBound), to: log(ratio.upperBound)))
      let cropWidth = Int((wanted * proportion).squareRoot().rounded())
      let cropHeight = Int((wanted / proportion).squareRoot().rounded())
      guard (1...width).contains(cropWidth), (1...height).contains(cropHeight) else { continue }
      return randomlyCropped(height: cropHeight, width: cropWidth, &random)
        .resized(height: newHeight, width: newWidth)
    }
    let side = min(height, width)
    return centerCropped(height: side, width: side).resized(height: newHeight, width: newWidth)
  }

  /// Brightness, contrast and saturation times random factors between one minus and one plus what
  /// is given, and the hue turned by up to so much, in a random order.
  public func randomColours(
    brightness: Float = 0, contrast: Float = 0, saturation: Float = 0, hue: Float = 0,
    _ random: inout PhiloxGenerator
  ) -> Picture {
    var steps: [(Picture) -> Picture] = []
    func factor(_ range: Float) -> Float { random.next(from: max(0, 1 - range), to: 1 + range) }
    let (b, c, s) = (factor(brightness), factor(contrast), factor(saturation))
    let turn = random.next(from: -hue, to: hue)
    if brightness > 0 { steps.append { $0.brightness(b) } }
    if contrast > 0 { steps.append { $0.contrast(c) } }
    if saturation > 0 { steps.append { $0.saturation(s) } }
    if hue > 0 { steps.append { $0.hue(turn) } }
    for last in stride(from: steps.count - 1, to: 0, by: -1) {
      steps.swapAt(last, Int(random.next(below: UInt32(last + 1))))
    }
    return steps.reduce(self) { $1($0) }
  }
}
