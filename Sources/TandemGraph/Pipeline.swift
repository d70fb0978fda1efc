/// What a graph goes through, in order. Reading this list is reading the compiler.
public let standardPipeline: [any Pass] = [
  EliminateDeadNodes(),
  ExpressLoops(),
  FuseLoops(),
  FuseRows(),
]
