/// A type that names its parameters itself: for parameters that reflection cannot see (captured by
/// closures, computed, in noncopyable fields).
public protocol Parameterized {
  /// The parameters and their names, each a path within this value.
  var parameters: [(path: String, parameter: Parameter)] { get }
}

/// Finds the parameters of a value by walking its stored properties: arrays, dictionaries,
/// optionals, tuples, enum payloads, existentials, classes and nested layers included.
///
/// A parameter that is reachable twice keeps its first path. Dictionary keys are visited in order
/// of their text, as their own order differs between runs.
public func parameters(of model: Any) -> [(path: String, parameter: Parameter)] {
  var walk = ParameterWalk()
  walk.visit(model, path: "")
  return walk.found
}

/// Finds, in the same way, all that a step may change in a value: parameters, state cells, and
/// owners of further cells.
func state(
  of value: Any
) -> (
  parameters: [(path: String, parameter: Parameter)], cells: [StateCell],
  owners: [any StateOwner]
) {
  var walk = ParameterWalk()
  walk.visit(value, path: "")
  return (walk.found, walk.states.map(\.cell), walk.owners)
}

/// Finds the state cells of a value in the same way: what layers remember beside their parameters,
/// such as running statistics.
public func stateCells(of model: Any) -> [(path: String, cell: StateCell)] {
  var walk = ParameterWalk()
  walk.visit(model, path: "")
  return walk.states
}

/// Finds the parameters of a model and gives each its path as its name.
///
/// - Parameter seed: of the first values, which depend on it and the paths; the one that is in
///   force when they are made if `nil`. Models of one architecture that are to start differently
///   need different ones. Values that are there already stay.
@discardableResult
public func bindParameters(
  of model: Any, seed: UInt64? = nil
) -> [(path: String, parameter: Parameter)] {
  let found = parameters(of: model)
  for (path, parameter) in found { parameter.bind(path: path, seed: seed) }
  return found
}

private struct ParameterWalk {
  var found: [(path: String, parameter: Parameter)] = []
  var states: [(path: String, cell: StateCell)] = []
  var owners: [any StateOwner] = []
  private var known: Set<ObjectIdentifier> = []
  private var visited: Set<ObjectIdentifier> = []

  mutating func visit(_ value: Any, path: String) {
    if let parameter = value as? Parameter {
      if known.insert(ObjectIdentifier(parameter)).inserted { found.append((path, parameter)) }
      return
    }
    if let cell = value as? StateCell {
      if known.insert(ObjectIdentifier(cell)).inserted { states.append((path, cell)) }
      return
    }
    if let owner = value as? any StateOwner { owners.append(owner) }
    if let named = value as? any Parameterized {
      for (name, parameter) in named.parameters { visit(parameter, path: join(path, name)) }
      return
    }
    if value is NDArray || value is String || isScalars(value) { return }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .class {
      guard visited.insert(ObjectIdentifier(value as AnyObject)).inserted else { return }
    }
    if mirror.displayStyle == .dictionary {
      visit(dictionary: mirror, path: path)
      return
    }
    var ancestor = mirror.superclassMirror
    while let parent = ancestor {
      visit(children: parent, path: path)
      ancestor = parent.superclassMirror
    }
    visit(children: mirror, path: path)
  }

  private mutating func visit(children mirror: Mirror, path: String) {
    for (index, child) in mirror.children.enumerated() {
      // Optionals and property wrappers do not show in paths.
      let isTransparent = mirror.displayStyle == .optional || isWrapper(mirror, child.label)
      let name = isTransparent ? "" : label(child.label) ?? String(index)
      visit(child.value, path: join(path, name))
    }
  }

  private mutating func visit(dictionary mirror: Mirror, path: String) {
    let pairs = mirror.children.compactMap { child -> (String, Any)? in
      let pair = Array(Mirror(reflecting: child.value).children)
      return pair.count == 2 ? ("\(pair[0].value)", pair[1].value) : nil
    }
    for (key, value) in pairs.sorted(by: { $0.0 < $1.0 }) { visit(value, path: join(path, key)) }
  }

  private func isWrapper(_ mirror: Mirror, _ label: String?) -> Bool {
    mirror.displayStyle != .enum && (label == "wrappedValue" || label == "_wrappedValue")
  }

  /// Wrapped properties are shown as `_name`, lazy ones as `$__lazy_storage_$_name`, tuple elements
  /// as `.0`.
  private func label(_ label: String?) -> String? {
    guard var label else { return nil }
    let lazyPrefix = "$__lazy_storage_$_"
    if label.hasPrefix(lazyPrefix) { return String(label.dropFirst(lazyPrefix.count)) }
    if label.hasPrefix("_") || label.hasPrefix(".") { label.removeFirst() }
    return label
  }

  private func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : name.isEmpty ? path : "\(path).\(name)"
  }

  /// Arrays of numbers hold no parameters and may be long.
  private func isScalars(_ value: Any) -> Bool {
    value is any Scalar || value is any NestedScalars
  }
}
