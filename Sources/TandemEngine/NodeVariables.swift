import TandemShapes
import TandemThreads

/// The list of variables of a node: tagged, in address order, each once.
enum NodeVariables {
  /// Longer lists are sorted at the end instead of while they grow.
  private static let insertionMax = 32

  @inline(__always)
  static func list(_ node: NodePointer) -> UnsafeMutablePointer<UInt64> {
    let inline = (UnsafeMutableRawPointer(node) + Node.variablesOffset)
      .assumingMemoryBound(to: UInt64.self)
    guard node.pointee.flags.contains(.variablesOnHeap) else { return inline }
    return UnsafeMutablePointer(bitPattern: UInt(inline.pointee)).unsafelyUnwrapped
  }

  /// Stores both lists; a variable in both, or twice in one, appears once with both tags.
  @inline(__always)
  static func fill(_ node: NodePointer, _ reading: VariableList, _ writing: VariableList) {
    let total = reading.count + writing.count
    if total > Node.inlineVariables { makeList(node, total) }
    let list = list(node)
    var count = 0
    reading.withVariables { variables in
      for index in 0..<reading.count {
        add(variables[index], TaggedVariable.read, index, list, &count, total, node)
      }
    }
    writing.withVariables { variables in
      for index in 0..<writing.count {
        add(
          variables[index], TaggedVariable.write, reading.count + index, list, &count, total, node)
      }
    }
    if total > insertionMax { sort(list, &count) }
    node.pointee.variableCount = UInt32(count)
  }

  @inline(__always)
  private static func add(
    _ variable: Variable, _ tag: UInt64, _ place: Int, _ list: UnsafeMutablePointer<UInt64>,
    _ count: inout Int, _ total: Int, _ node: NodePointer
  ) {
    let address = TaggedVariable.address(variable.word)
    if address == 0
      || TaggedVariable.pointer(address).pointee.generation != UInt16(variable.word >> 48)
    {
      failStale(node)
    }
    var position = count
    if total <= insertionMax {
      while position > 0, TaggedVariable.address(list[position - 1]) > address { position -= 1 }
      if position > 0, TaggedVariable.address(list[position - 1]) == address {
        list[position - 1] |= tag
        return
      }
      var index = count
      while index > position {
        list[index] = list[index - 1]
        index -= 1
      }
    }
    list[position] = address | tag | UInt64(min(place, 0xFFFF)) << 48
    count += 1
  }

  @inline(never)
  private static func failStale(_ node: NodePointer) -> Never {
    fail(
      "\(EngineLabel(word: node.pointee.name.load(ordering: .relaxed))): "
        + "a variable of the operation was released before",
      at: CallSite(word: node.pointee.site.load(ordering: .relaxed)))
  }

  @inline(never)
  private static func sort(_ list: UnsafeMutablePointer<UInt64>, _ count: inout Int) {
    var whole = UnsafeMutableBufferPointer(start: list, count: count)
    whole.sort {
      let (a, b) = (TaggedVariable.address($0), TaggedVariable.address($1))
      return a == b ? TaggedVariable.place($0) < TaggedVariable.place($1) : a < b
    }
    var kept = 0
    for index in 0..<count {
      if kept > 0,
        TaggedVariable.address(list[kept - 1]) == TaggedVariable.address(list[index])
      {
        list[kept - 1] |= list[index] & 3
      } else {
        list[kept] = list[index]
        kept += 1
      }
    }
    count = kept
  }

  @inline(never)
  private static func makeList(_ node: NodePointer, _ capacity: Int) {
    let heap = BufferPool.shared.allocate(byteCount: capacity * 8)
    list(node).pointee = UInt64(UInt(bitPattern: heap))
    node.pointee.variableCapacity = UInt32(capacity)
    node.pointee.flags.insert(.variablesOnHeap)
  }

  @inline(never)
  static func freeList(_ node: NodePointer) {
    BufferPool.shared.deallocate(
      list(node), byteCount: Int(node.pointee.variableCapacity) * 8)
    node.pointee.flags.remove(.variablesOnHeap)
  }
}
