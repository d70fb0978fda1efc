/// Rewrites nodes by a table of rules, one node at a time, until no rule of the table fits.
public struct ApplyRules: Pass {
  public let name: String
  /// The table; the first rule that fits is taken.
  public let rules: [Rule]

  /// A pass called `name` that applies `rules`.
  public init(_ name: String, _ rules: [Rule]) { (self.name, self.rules) = (name, rules) }

  /// One rewrite: what stands for a node, if the rule fits.
  public struct Rule: Sendable {
    /// What is rewritten into what, for people: `x * 1 → x`.
    public let name: String
    let rewrite: @Sendable (RuleMatch) -> RuleResult?

    init(_ name: String, _ rewrite: @escaping @Sendable (RuleMatch) -> RuleResult?) {
      (self.name, self.rewrite) = (name, rewrite)
    }
  }

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    var draft = GraphDraft(graph)
    var count = 0
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      guard case .operation(var op) = node.kind, node.types.count == 1 else {
        draft.keep(index)
        continue
      }
      var operands = node.inputs.map(draft.value)
      var stand: Graph.Value?
      while stand == nil,
        let result = rewrite(RuleMatch(op: op, operands: operands, type: node.types[0], draft))
      {
        count += 1
        switch result {
        case .value(let value): stand = value
        case .operation(let next, let values): (op, operands) = (next, values)
        }
      }
      if let stand {
        draft.replace(index, by: [stand])
      } else {
        draft.replace(index, by: try draft.add(op, operands, like: node))
      }
    }
    return PassResult(draft.graph(), changeCount: count)
  }

  private func rewrite(_ match: RuleMatch) -> RuleResult? {
    for rule in rules {
      if let result = rule.rewrite(match) { return result }
    }
    return nil
  }
}

/// What a rule makes of a node.
enum RuleResult {
  /// A value that is there already.
  case value(Graph.Value)
  /// Another operator.
  case operation(any Op, [Graph.Value])
}

/// A node that a rule looks at, and what stands behind it.
struct RuleMatch {
  let op: any Op
  let operands: [Graph.Value]
  let type: TensorType
  private let draft: GraphDraft

  init(op: any Op, operands: [Graph.Value], type: TensorType, _ draft: GraphDraft) {
    (self.op, self.operands, self.type, self.draft) = (op, operands, type, draft)
  }

  /// The type of an operand.
  func type(of operand: Int) -> TensorType { draft.type(of: operands[operand]) }

  /// The operator whose only output an operand is, with what that is applied to.
  func source(of operand: Int) -> (op: any Op, operands: [Graph.Value])? {
    let node = draft.nodes[operands[operand].node]
    guard case .operation(let op) = node.kind, node.types.count == 1 else { return nil }
    return (op, node.inputs)
  }

  /// The type of any value.
  func type(of value: Graph.Value) -> TensorType { draft.type(of: value) }

  /// The number that an operand is everywhere, if that is known.
  func number(_ operand: Int) -> ScalarValue? {
    if case .constant(let value) = draft.nodes[operands[operand].node].kind { value } else { nil }
  }

  /// An operand in place of the node, if it has the node's type.
  func operand(_ index: Int) -> RuleResult? {
    type(of: index) == type ? .value(operands[index]) : nil
  }
}
