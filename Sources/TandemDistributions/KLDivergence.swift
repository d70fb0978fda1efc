import Synchronization
import TandemShapes

/// The divergence of Kullback and Leibler of `p` from `q`, in nats, for each distribution of the
/// batch: `E[log p(x) − log q(x)]` for `x` drawn from `p`; `torch.distributions.kl_divergence`.
///
/// - Parameters:
///   - p: what is drawn from.
///   - q: what it is compared with; batches broadcast.
/// - Returns: `[batch...]`. Stops with a message for a pair that ``KLDivergence`` does not know.
public func klDivergence(
  _ p: any Distribution, _ q: any Distribution, file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  guard let result = KLDivergence.find(p, q) else {
    fail(
      "klDivergence: no rule for \(type(of: p).name) from \(type(of: q).name); "
        + "KLDivergence.register adds one", at: CallSite(file, line))
  }
  return result
}

/// The rules that ``klDivergence(_:_:file:line:)`` knows: pairs of types of distributions.
public enum KLDivergence {
  /// Adds a rule for a pair of types, or replaces the one there is.
  public static func register<P: Distribution, Q: Distribution>(
    _ p: P.Type, _ q: Q.Type, _ rule: @escaping @Sendable (P, Q) -> NDArray
  ) {
    registered.withLock { $0[Pair(P.self, Q.self)] = erased(rule) }
  }

  /// Whether there is a rule for a pair of types.
  public static func isKnown(_ p: any Distribution.Type, _ q: any Distribution.Type) -> Bool {
    rule(Pair(p, q)) != nil
  }

  typealias Rule = @Sendable (any Distribution, any Distribution) -> NDArray

  struct Pair: Hashable {
    let p, q: ObjectIdentifier

    init(_ p: any Distribution.Type, _ q: any Distribution.Type) {
      (self.p, self.q) = (ObjectIdentifier(p), ObjectIdentifier(q))
    }
  }

  private static let registered = Mutex<[Pair: Rule]>([:])

  static func find(_ p: any Distribution, _ q: any Distribution) -> NDArray? {
    rule(Pair(type(of: p), type(of: q)))?(p, q)
  }

  private static func rule(_ pair: Pair) -> Rule? {
    registered.withLock { $0[pair] } ?? standard[pair]
  }

  private static func erased<P: Distribution, Q: Distribution>(
    _ rule: @escaping @Sendable (P, Q) -> NDArray
  ) -> Rule {
    { p, q in
      guard let p = p as? P, let q = q as? Q else {
        fail("klDivergence: broken invariant: a rule for other types", at: .unknown)
      }
      return rule(p, q)
    }
  }

  /// A rule for two distributions of one type.
  static func same<P: Distribution>(
    _ rule: @escaping @Sendable (P, P) -> NDArray
  ) -> (Pair, Rule) {
    (Pair(P.self, P.self), erased(rule))
  }

  private static let standard = Dictionary(
    uniqueKeysWithValues: continuousRules + discreteRules + vectorRules)
}
