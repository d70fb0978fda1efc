/// What a graph goes through, in order. Reading this list is reading the compiler.
public let standardPipeline: [any Pass] = [
  EliminateDeadNodes(),
  TrimControlFlow(),
  EliminateDeadNodes(),
  ApplyRules("exact algebra", exactAlgebra),
  FoldConstants(),
  MergeEqualNodes(),
  PoolBeforeReLU(),
  FuseEpilogues(),
  EliminateDeadNodes(),
  ExpressLoops(),
  EliminateDeadNodes(),
  FuseLoops(.rows),
  FuseRows(),
  FuseLoops(),
  Recompute(),
]
