extension RandomKey {
  /// Keys of their own for `count` uses, independent of each other and of this key's own draws;
  /// `jax.random.split`, `mlx.core.random.split`.
  public func split(_ count: Int = 2) -> [RandomKey] { (0..<count).map(folding) }

  /// A key of its own for a number, such as that of a layer, worker or step; `jax.random.fold_in`.
  ///
  /// Different numbers give different keys. Keys that are folded from different keys meet with odds
  /// n² / 2⁶⁵ for n of them.
  public func folding(_ number: Int) -> RandomKey {
    let mixed = RandomKey.mixed(tick &+ 0x5851_F42D_4C95_7F2D)
    return RandomKey(
      seed: seed, stream: RandomKey.mixed(~stream ^ mixed), tick: UInt64(bitPattern: Int64(number)))
  }
}
