@testable import TandemGraph

// Plans that differ in some places, for planted faults.

extension Plan {
  func replacing(operations: [Operation]? = nil, buffers: [Buffer]? = nil) -> Plan {
    Plan(
      arenaByteCount: arenaByteCount, buffers: buffers ?? self.buffers, constants: constants,
      passing: passing, operations: operations ?? self.operations, outputs: outputs)
  }
}

extension Plan.Operation {
  func replacing(
    results: [Plan.Operand]? = nil, operands: [Plan.Operand?]? = nil, clobbers: [Int]? = nil
  ) -> Plan.Operation {
    Plan.Operation(
      program: program, results: results ?? self.results, operands: operands ?? self.operands,
      temporaries: temporaries, scalars: scalars, site: site, path: path,
      clobbers: clobbers ?? self.clobbers, declaredBytes: declaredBytes, part: part,
      elementCountMax: elementCountMax)
  }
}
