/// A layer that is being called and the layer that called it: what errors say about the place in a
/// model.
final class LayerPlace: Sendable {
  private let layer: any Layer
  private let index: Int?
  private let outer: LayerPlace?

  private init(_ layer: any Layer, _ index: Int?, in outer: LayerPlace?) {
    (self.layer, self.index, self.outer) = (layer, index, outer)
  }

  /// Runs the body of a layer that reports the line of its outermost call.
  static func enter<T>(_ layer: any Layer, at site: CallSite, _ body: () -> T) -> T {
    run(layer, nil, at: site.seenByUser, body)
  }

  /// Runs the body of a layer that a container calls; one that does not report shows its own lines.
  static func enter<T>(_ layer: any Layer, index: Int, _ body: () -> T) -> T {
    let site = layer is any ReportingLayer ? CallSite.unknown.seenByUser : .unknown
    return run(layer, index, at: site, body)
  }

  private static func run<T>(
    _ layer: any Layer, _ index: Int?, at site: CallSite, _ body: () -> T
  ) -> T {
    let place = LayerPlace(layer, index, in: CallFrame.current?.owner as? LayerPlace)
    return CallFrame.with(site, owner: place, place: { place.text }, body)
  }

  /// `features.3.Conv2D`: the path, as far as parameters or containers tell it, and the type.
  private var text: String {
    let name = layer.typeName
    let path = path
    return path.isEmpty ? name : "\(path).\(name)"
  }

  private var path: String {
    guard let first = layer.parameters.first else { return indices }
    var full = first.parameter.path
    if full == "unbound" {
      guard let root = root.layer.parameters.first(where: { $0.parameter === first.parameter })
      else { return indices }
      full = root.path
    }
    let own = first.path
    if full == own || !full.hasSuffix(own) { return full == own ? "" : indices }
    return String(full.dropLast(own.count + 1))
  }

  private var root: LayerPlace { outer?.root ?? self }

  /// The places in containers, outermost first.
  private var indices: String {
    var parts: [String] = []
    var place: LayerPlace? = self
    while let current = place {
      if let index = current.index { parts.insert("\(index)", at: 0) }
      place = current.outer
    }
    return parts.joined(separator: ".")
  }
}
