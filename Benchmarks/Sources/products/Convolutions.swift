import TandemKernels
import TandemShapes

/// One convolution over square images.
struct ConvolutionCase {
  let images: Int
  let channels: Int
  let side: Int
  let outputs: Int
  let kernel: Int
  var stride = 1
  var padding = 0
  var groups = 1
}

/// The benchmark's, those of ResNet-50 at batch 8 and 1, LeNet, depthwise.
let convolutions: [ConvolutionCase] =
  [ConvolutionCase(images: 32, channels: 64, side: 56, outputs: 64, kernel: 3, padding: 1)]
  + [8, 1].flatMap(residualNetwork)
  + [
    ConvolutionCase(images: 128, channels: 1, side: 28, outputs: 20, kernel: 5),
    ConvolutionCase(images: 128, channels: 20, side: 12, outputs: 50, kernel: 5),
    ConvolutionCase(
      images: 8, channels: 64, side: 56, outputs: 64, kernel: 3, padding: 1, groups: 64),
    ConvolutionCase(
      images: 8, channels: 128, side: 56, outputs: 128, kernel: 3, stride: 2, padding: 1,
      groups: 128),
    ConvolutionCase(
      images: 8, channels: 512, side: 14, outputs: 512, kernel: 3, padding: 1, groups: 512),
    ConvolutionCase(
      images: 8, channels: 128, side: 28, outputs: 128, kernel: 3, padding: 1, groups: 32),
  ]

func residualNetwork(_ n: Int) -> [ConvolutionCase] {
  var cases = [
    ConvolutionCase(
      images: n, channels: 3, side: 224, outputs: 64, kernel: 7, stride: 2, padding: 3)
  ]
  var (channels, side) = (64, 56)
  for (width, stride) in [(64, 1), (128, 2), (256, 2), (512, 2)] {
    cases += [
      ConvolutionCase(images: n, channels: channels, side: side, outputs: width, kernel: 1),
      ConvolutionCase(
        images: n, channels: width, side: side, outputs: width, kernel: 3, stride: stride,
        padding: 1),
      ConvolutionCase(
        images: n, channels: channels, side: side, outputs: 4 * width, kernel: 1, stride: stride),
    ]
    side /= stride
    cases += [
      ConvolutionCase(images: n, channels: width, side: side, outputs: 4 * width, kernel: 1),
      ConvolutionCase(images: n, channels: 4 * width, side: side, outputs: width, kernel: 1),
      ConvolutionCase(
        images: n, channels: width, side: side, outputs: width, kernel: 3, padding: 1),
    ]
    channels = 4 * width
  }
  return cases
}

func timeConvolutions() {
  for c in convolutions {
    let geometry = try! ConvolutionGeometry(
      stride: [c.stride, c.stride], paddingBegin: [c.padding, c.padding],
      paddingEnd: [c.padding, c.padding], dilation: [1, 1], groups: c.groups)
    let x: Shape = [c.images, c.channels, c.side, c.side]
    let w: Shape = [c.outputs, c.channels / c.groups, c.kernel, c.kernel]
    let y = try! geometry.outputShape(input: x, weight: w)
    let name =
      "n\(c.images) c\(c.channels) s\(c.side) o\(c.outputs) k\(c.kernel) /\(c.stride) g\(c.groups)"
    for (suffix, order) in [("", nil), (" last", [0, 2, 3, 1])] where c.images > 1 || order == nil {
      func images(_ shape: Shape) -> Operand { array(shape, .float32, order: order) }
      func filters() -> Operand { array(w, .float32) }
      let name = "conv \(name)\(suffix)"
      time("\(name) forward", ConvolutionForward(geometry), [images(y), images(x), filters()])
      let (dx, dw) = (ConvolutionInputGradient(geometry), ConvolutionWeightGradient(geometry))
      time("\(name) input", dx, [images(x), images(y), filters()])
      time("\(name) weight", dw, [filters(), images(x), images(y)])
    }
  }
}
