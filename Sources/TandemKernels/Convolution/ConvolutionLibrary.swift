import CTandem
import TandemShapes

/// Which convolutions oneDNN computes.
///
/// For each it is a function of shapes and dtypes alone, never of memory order, so that the bits of
/// a program are those of its shapes; see Convolution.md for what was measured.
package enum ConvolutionLibrary {
  case never
  case whereAhead
  case wherePossible

  /// Its version and what it is used for, in words.
  package static var summary: String {
    guard let version = OneDNNConvolution.version else { return "not found" }
    return switch current {
    case .never: "\(version), not used"
    case .whereAhead: "\(version), where it is ahead"
    case .wherePossible: "\(version), where it has code"
    }
  }

  /// What `TANDEM_CONVOLUTION` asks for: `own`, `onednn`, or, unset, what is faster. Kernels that
  /// are not those of the processor are our own.
  static var current: ConvolutionLibrary {
    tandem_gemm_level() == tandem_process_level() ? wanted : .never
  }

  private static let wanted: ConvolutionLibrary = {
    switch tandem_onednn_wanted() {
    case Int32(TANDEM_ONEDNN_NEVER): return .never
    case Int32(TANDEM_ONEDNN_ALWAYS):
      guard tandem_onednn_version() != nil else {
        fail(
          "TANDEM_CONVOLUTION=onednn: libdnnl 2 or 3 is missing; on Debian and Ubuntu: "
            + "apt-get install libdnnl2", at: .unknown)
      }
      return .wherePossible
    default: return tandem_onednn_version() == nil ? .never : .whereAhead
    }
  }()

  /// Multiply-adds of an image below which a call costs more than it gains; pixels of an output up
  /// to which weights, not positions, are what costs; images up to which there are too few blocks
  /// for our own kernels.
  private enum Limit {
    static let products = 1 << 16
    static let smallPixels = 64
    static let mediumPixels = 256
    static let fewImages = 2
    static let channels = 64
  }

  /// Whether it computes a correlation whose taps lie in the order of what they see, or not.
  func computes(_ base: Correlation, inOrder: Bool) -> Bool {
    switch self {
    case .never: return false
    case .wherePossible: return true
    case .whereAhead:
      let pixels = base.grid.pixels
      if base.isDepthwise {
        return computesFilters(products: pixels * base.grid.taps * base.groups)
      }
      guard base.groups == 1, min(base.channels, base.rows) >= Limit.channels else { return false }
      if pixels <= Limit.smallPixels { return inOrder }
      return base.source.images <= Limit.fewImages && base.grid.axes.allSatisfy { $0.step == 1 }
        && (inOrder || pixels > Limit.mediumPixels)
    }
  }

  /// Whether it computes a gradient of weights with so many multiply-adds for an image, where each
  /// channel has a filter of its own.
  func computesFilters(products: Int) -> Bool {
    switch self {
    case .never: false
    case .whereAhead: products >= Limit.products
    case .wherePossible: true
    }
  }
}
