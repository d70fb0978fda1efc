/// Where the random numbers of this thread stand: the key of the next random operator, for
/// checkpoints. ``setRandomState(_:)`` goes back to it.
public func randomState() -> RandomKey { RandomState.current.upcoming }

/// Continues the random numbers of this thread (the process's, outside of `withSeed`) from what
/// ``randomState()`` gave, in this or another process.
public func setRandomState(_ key: RandomKey) { RandomState.current.upcoming = key }
