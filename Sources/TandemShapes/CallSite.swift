import CTandem

/// Where in the user's program an operation was written, in one word.
///
/// Named functions pass `#fileID` and `#line`; operators, which cannot have default arguments, pass
/// the return address that ``CallSite/here()`` takes. Neither is turned into text before it is
/// printed.
public struct CallSite: Hashable, Sendable {
  /// Bit 63 set: a return address. Else bits 48…62 are a line and bits 0…47 the address of the
  /// zero-terminated name of a file (on arm64 programs lie where bit 47 is set).
  public let word: UInt64

  private static let addressTag: UInt64 = 1 << 63
  private static let lineShift: UInt64 = 48
  private static let pointerMask: UInt64 = (1 << 48) - 1

  /// The place that a word from ``word`` stands for.
  @inlinable
  public init(word: UInt64) { self.word = word }

  /// A file and line, usually `#fileID` and `#line` of the caller. Lines above 32,767 are shown as
  /// that.
  @inlinable
  public init(_ file: StaticString, _ line: UInt) {
    let pointer = UInt64(UInt(bitPattern: file.utf8Start))
    self.init(word: pointer & ((1 << 48) - 1) | UInt64(min(line, 32_767)) << 48)
  }

  /// Nowhere in particular: work that the library started itself.
  public static let unknown = CallSite(word: 0)

  /// The place of the call of the `@_transparent` function in which this stands.
  @_transparent
  public static func here() -> CallSite {
    CallSite(word: UInt64(UInt(bitPattern: tandemReturnAddress())) | 1 << 63)
  }

  /// The file as it was written and the line, if that is what this holds.
  var fileAndLine: (file: String, line: Int)? {
    guard word != 0, word & CallSite.addressTag == 0,
      let pointer = UnsafePointer<CChar>(bitPattern: UInt(word & CallSite.pointerMask))
    else { return nil }
    return (String(cString: pointer), Int(word >> CallSite.lineShift))
  }

  /// The return address, if that is what this holds.
  var returnAddress: UInt? {
    word & CallSite.addressTag == 0 ? nil : UInt(word & ~CallSite.addressTag)
  }
}

/// The address to which the caller's own call returns; a C function that is never inlined.
///
/// Declared by symbol name so that users' scripts need no C module map for it.
@_silgen_name("tandem_return_address")
public func tandemReturnAddress() -> UnsafeRawPointer?

extension CallSite: CustomStringConvertible {
  /// `file.swift:30`, or the best that is known: `function + offset`, or `unknown place`.
  public var description: String { resolved }
}
