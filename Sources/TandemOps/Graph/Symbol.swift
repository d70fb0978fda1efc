/// An array that is not computed but traced: a value of a graph under construction.
public struct Symbol: ArrayExpression {
  /// The trace that this belongs to.
  public let builder: GraphBuilder
  /// Which value of the graph this is.
  public let value: Graph.Value
  /// Shape and dtype.
  public let type: TensorType

  public static func apply<O: Op>(_ op: O, _ input: Symbol, at site: CallSite) -> Symbol {
    apply(op, inputs: [input], at: site)[0]
  }

  public static func apply<O: Op>(
    _ op: O, _ lhs: Symbol, _ rhs: Symbol, at site: CallSite
  ) -> Symbol {
    apply(op, inputs: [lhs, rhs], at: site)[0]
  }

  public static func apply<O: Op>(_ op: O, inputs: [Symbol], at site: CallSite) -> [Symbol] {
    do throws(ShapeError) {
      return try inputs[0].builder.add(op, inputs, at: site)
    } catch {
      fail(error.message, at: site)
    }
  }

  public func constant(_ value: ScalarValue) -> Symbol { builder.constant(value) }
}
