/// What becomes of the items that do not fill the last batch of a pass.
public enum LastBatch: String, Hashable, Sendable {
  /// They are a smaller batch.
  case keep
  /// They are left out.
  case drop
  /// They are filled up with the first items of the same pass.
  case pad
  /// They begin the next pass; every batch is whole.
  case rollOver
}
