import TandemEngine

extension NDArray {
  /// Replaces the array by `op(self, other)`: in place where that is legal, else by a new array.
  @inline(never)
  public mutating func update<O: Op>(_ op: O, _ other: NDArray, _ site: CallSite) {
    let other = other.beside(dtype)
    if let number = other.number, updateFast(op, number, site) { return }
    guard canUpdateInPlace, other.handle.links.isEmpty, updatesItsOwnType(op, other),
      !sharesStorage(with: other) || other.handle.layout == handle.layout
    else {
      self = .apply(op, self, other, at: site)
      return
    }
    do throws(ShapeError) {
      try NDArray.launch(op, [self, other], into: [self], at: site)
    } catch {
      fail(error.message, at: site)
    }
  }

  /// Replaces the array by `op(self, other)`, a weak scalar.
  @inline(never)
  public mutating func update<O: Op>(_ op: O, _ other: some Scalar, _ site: CallSite) {
    let number = NDArray.weak(other, beside: dtype)
    if updateFast(op, number, site) { return }
    update(op, constant(number), site)
  }

  /// Whether nobody else looks at this array: no copy, view, tape entry or export shares its bytes.
  ///
  /// Queued operations that still read it do not matter; the engine orders them first.
  var canUpdateInPlace: Bool {
    mutating get {
      guard Scope.current?.trace == nil, handle.links.isEmpty,
        isKnownUniquelyReferenced(&handle), case .storage(let storage) = handle.content
      else { return false }
      return storage.isWritable && storage.hasOneOwner && handle.layout.isDense
    }
  }

  /// Whether the array may be changed in place by an operation that also reads `other`.
  mutating func canUpdateInPlace(besides other: NDArray) -> Bool {
    canUpdateInPlace && !sharesStorage(with: other)
  }

  private func sharesStorage(with other: NDArray) -> Bool {
    guard case .storage(let own) = handle.content, case .storage(let others) = other.handle.content
    else { return false }
    return own === others
  }

  private func updatesItsOwnType<O: Op>(_ op: O, _ other: NDArray) -> Bool {
    guard let program = try? NDArray.program(op, [self, other]) else { return false }
    var layout = handle.layout
    layout.offset = 0
    return program.kernel.outputs[0].dtype == dtype && program.kernel.outputs[0].layout == layout
  }

  /// The case without any allocation: dense, a number, an elementwise operator.
  private mutating func updateFast<O: Op>(
    _ op: O, _ number: ScalarValue, _ site: CallSite
  ) -> Bool {
    guard Scope.isPlain, MemoryLayout<O>.size == 0, O.isElementwise else { return false }
    if updateFast(ObjectIdentifier(O.self), number, site) { return true }
    return NDArray.insert(op, (dtype, false), (number.dtype, true))
      && updateFast(ObjectIdentifier(O.self), number, site)
  }

  private mutating func updateFast(
    _ id: ObjectIdentifier, _ number: ScalarValue, _ site: CallSite
  ) -> Bool {
    guard handle.isRowMajor,
      let entry = NDArray.entry(id, dtype, number.dtype, numberFirst: false),
      entry._withUnsafeGuaranteedRef({ $0.dtype }) == dtype,
      canUpdateInPlace, case .storage(let storage) = handle.content
    else { return false }
    let count = handle.layout.shape.elementCount
    let offset = handle.layout.offset * dtype.byteCount
    if count <= Limits.tinyElementsMax,
      Engine.beginAtOnce(storage.variable, storage.variable, writing: true)
    {
      let base = storage.materialized() + offset
      var pointers = (base, base, base)
      var number = number
      entry._withUnsafeGuaranteedRef { $0.run(count, &pointers, &number, in: .serial) }
      Engine.endAtOnce(storage.variable, storage.variable)
      return true
    }
    let payload = ElementwiseLaunch(
      entry: entry, count: count, output: storage,
      outputOffset: offset, first: storage, firstOffset: offset, second: nil, secondOffset: 0,
      number: number)
    storage.device.engine.push(
      payload, reading: .of(storage.variable), writing: .of(storage.variable), site: site,
      options: OperationOptions(isTiny: count <= Limits.tinyElementsMax))
    return true
  }
}
