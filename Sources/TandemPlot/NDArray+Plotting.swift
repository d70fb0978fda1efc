import TandemArray
import TandemShapes

extension NDArray: PlotNumbers {
  public func append(to numbers: inout [Double], for plot: String, at site: CallSite) -> PlotShape {
    if dtype.kind == .complex {
      fail("\(plot): complex numbers have no place on an axis; plot their parts: \(type)", at: site)
    }
    do {
      numbers += try checkedScalars(as: Double.self)
    } catch {
      fail("\(plot): \(error)", at: site)
    }
    return PlotShape(
      sizes: (0..<rank).map { shape[$0] }, isInteger: dtype.isInteger)
  }
}
