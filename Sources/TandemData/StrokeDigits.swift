import CTandem
import TandemShapes

/// Handwriting without a hand: the ten digits drawn with a pen of varying width, skewed, bent,
/// moved and disturbed, for programs that have neither data nor a network.
///
/// An image follows from the seed, its split and its index alone, bit for bit on every machine: the
/// arithmetic is `float32` without fused operations and without library functions but the square
/// root. What varies:
///
/// | what | how much |
/// | --- | --- |
/// | skeleton | two or three ways to write each digit; every point moved by up to 6 % |
/// | bend | cubic, up to 14 % of the height, along both axes |
/// | rotation, shear | ±17°, ±0.35 |
/// | width, height | 60–105 % and 80–105 % of 20 pixels |
/// | place | ±3 pixels from the middle |
/// | pen | 1.4–4 pixels wide, 65–100 % black |
/// | disturbance | noise of up to 16 % on every pixel; a stray stroke in every third image |
///
/// It does not replace MNIST: accuracies on it compare with nothing that was published.
public struct StrokeDigits: Sendable {
  /// Rows and columns of an image, as in MNIST.
  public static let side = 28

  /// Which half of the data; the images of the two are independent.
  public enum Split: UInt64, Sendable {
    case train = 0
    case test = 1
  }

  /// All images follow from it.
  public let seed: UInt64

  /// The digits under a seed.
  public init(seed: UInt64 = 0) { self.seed = seed }

  /// The first `count` images of a split, drawn on several threads.
  ///
  /// - Complexity: O(`count`), about 15 µs of one core for each image in release builds.
  public func images(count: Int, split: Split) async throws(DataSetError) -> ImageSet {
    let chunk = 1000
    let starts = Array(stride(from: 0, to: count, by: chunk))
    let drawn = await withTaskGroup(of: (Int, [UInt8], [UInt8]).self) { group in
      for (place, start) in starts.enumerated() {
        group.addTask {
          let (images, labels) = draw(start..<min(count, start + chunk), split: split)
          return (place, images, labels)
        }
      }
      var drawn = [([UInt8], [UInt8])](repeating: ([], []), count: starts.count)
      for await (place, images, labels) in group { drawn[place] = (images, labels) }
      return drawn
    }
    return try ImageSet(
      images: drawn.flatMap(\.0), labels: drawn.flatMap(\.1), height: StrokeDigits.side,
      width: StrokeDigits.side)
  }

  /// Images and labels of a range of indices, on the calling thread.
  func draw(_ indices: Range<Int>, split: Split) -> (images: [UInt8], labels: [UInt8]) {
    let pixels = StrokeDigits.side * StrokeDigits.side
    var images = [UInt8](repeating: 0, count: indices.count * pixels)
    var labels: [UInt8] = []
    images.withUnsafeMutableBufferPointer { images in
      for (place, index) in indices.enumerated() {
        var random = PhiloxGenerator(
          RandomKey(seed: seed, stream: split.rawValue, tick: UInt64(index)))
        let digit = Int(random.next(below: 10))
        let segments = StrokeDigits.segments(of: digit, &random)
        var pen = tandem_pen(
          radius: random.next(from: 0.7, to: 2), softness: random.next(from: 0.9, to: 1.5),
          ink: random.next(from: 166, to: 255), noise: random.next(from: 0, to: 40),
          noise_key: UInt32(truncatingIfNeeded: random.next()))
        tandem_draw_strokes(
          images.baseAddress! + place * pixels, Int32(StrokeDigits.side), segments,
          Int32(segments.count / 4), &pen)
        labels.append(UInt8(digit))
      }
    }
    return (images, labels)
  }

  /// The pen's path for one image of a digit in pixels, four numbers for each line segment.
  private static func segments(of digit: Int, _ random: inout PhiloxGenerator) -> [Float] {
    let variants = DigitSkeleton.all[digit]
    let skeleton = variants[Int(random.next(below: UInt32(variants.count)))]
    let distortion = Distortion(&random)
    var result: [Float] = []
    for stroke in skeleton.strokes {
      var last: Point?
      for point in stroke {
        let next = distortion.apply(point, &random)
        if let last { result += [last.x, last.y, next.x, next.y] }
        last = next
      }
    }
    if random.next(below: 3) == 0 {
      let (x, y) = random.nextPair(from: 0, to: 27)
      let (dx, dy) = random.nextPair(from: -4, to: 4)
      result += [x, y, x + dx, y + dy]
    }
    return result
  }
}

/// A place on the paper: x to the right, y down.
struct Point {
  var x: Float
  var y: Float
}

/// How one image's skeleton is bent, skewed, scaled and moved.
private struct Distortion {
  private let bendX: (Float, Float)
  private let bendY: (Float, Float)
  private let xx: Float
  private let xy: Float
  private let yx: Float
  private let yy: Float
  private let shift: Point

  init(_ random: inout PhiloxGenerator) {
    bendX = random.nextPair(from: -0.14, to: 0.14)
    bendY = random.nextPair(from: -0.1, to: 0.1)
    // A rotation by the angle whose half has this tangent: no sine whose last bit differs between
    // libraries.
    let tangent = random.next(from: -0.15, to: 0.15)
    let cosine = (1 - tangent * tangent) / (1 + tangent * tangent)
    let sine = 2 * tangent / (1 + tangent * tangent)
    let shear = random.next(from: -0.35, to: 0.35)
    let width = 10 * random.next(from: 0.6, to: 1.05)
    let height = 10 * random.next(from: 0.8, to: 1.05)
    xx = cosine * width
    xy = (cosine * shear - sine) * height
    yx = sine * width
    yy = (sine * shear + cosine) * height
    let (shiftX, shiftY) = random.nextPair(from: -3, to: 3)
    shift = Point(x: 13.5 + shiftX, y: 13.5 + shiftY)
  }

  /// A point of the skeleton, between −1 and 1, in pixels.
  func apply(_ point: Point, _ random: inout PhiloxGenerator) -> Point {
    var (x, y) = (point.x, point.y)
    let (square, cube) = (y * y - 0.33, y * y * y - 0.6 * y)
    let squareX = x * x - 0.1
    let jitter = random.nextPair(from: -0.06, to: 0.06)
    x += bendX.0 * square + bendX.1 * cube * 2 + jitter.0
    y += bendY.0 * squareX + bendY.1 * x * point.y + jitter.1
    return Point(x: xx * x + xy * y + shift.x, y: yx * x + yy * y + shift.y)
  }
}
