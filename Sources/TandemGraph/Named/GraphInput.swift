/// What an input of a graph is and what it is called.
public struct GraphInput: Hashable, Sendable, Codable {
  /// What an input stands for.
  public enum Role: String, Hashable, Sendable, Codable {
    /// What is given at each run.
    case argument
    /// What a model has learned: bound, and may be replaced.
    case parameter
    /// An array that the traced closure used: bound.
    case constant
    /// The seed of the random state.
    case randomSeed
    /// The stream of the random state.
    case randomStream
    /// The tick of the random state for one draw; draws are numbered in the order of the inputs.
    case randomTick
  }

  /// Unique among the graph's inputs.
  public let name: String
  /// What it stands for.
  public let role: Role
  /// Its type; axes of arguments may have names.
  public let type: PartialType

  /// An input; see the properties.
  public init(_ name: String, _ role: Role, _ type: PartialType) {
    (self.name, self.role, self.type) = (name, role, type)
  }
}
