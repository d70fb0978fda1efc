/// The Python dictionary in the header of an npy file: three fields in any order, strings, truth
/// values and a tuple of whole numbers. Nothing is evaluated.
struct NpyDictionary {
  /// What is wrong with the text.
  struct Complaint: Error {
    let text: String
    /// Whether NumPy would read it.
    let isUnsupported: Bool

    init(_ text: String, isUnsupported: Bool) {
      (self.text, self.isUnsupported) = (text, isUnsupported)
    }
  }

  private let text: [UInt8]
  private var place = 0

  init(_ text: [UInt8]) { self.text = text }

  /// The three fields, each of which must be there once.
  mutating func fields() throws(Complaint) -> (descr: String, isColumnMajor: Bool, shape: [Int]) {
    var descr: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    try expect("{")
    while !skips("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descr == nil:
        if next == UInt8(ascii: "[") {
          throw Complaint("holds records, which are not read", isUnsupported: true)
        }
        descr = try string()
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try truth()
      case "shape" where shape == nil: shape = try tuple()
      default: throw complaint("unknown or repeated field \"\(key)\"")
      }
      if !skips(",") {
        try expect("}")
        break
      }
    }
    skipBlanks()
    guard place == text.count else { throw complaint("text behind the dictionary") }
    guard let descr, let isColumnMajor, let shape else { throw complaint("fields are missing") }
    return (descr, isColumnMajor, shape)
  }

  private func complaint(_ text: String) -> Complaint {
    Complaint("header: \(text) at byte \(place)", isUnsupported: false)
  }

  /// The next byte that is no blank.
  private var next: UInt8? {
    mutating get {
      skipBlanks()
      return place < text.count ? text[place] : nil
    }
  }

  private mutating func skipBlanks() {
    while place < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[place]) { place += 1 }
  }

  private mutating func skips(_ letter: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: letter) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ letter: Unicode.Scalar) throws(Complaint) {
    if !skips(letter) { throw complaint("wanted \(letter)") }
  }

  /// A string in either kind of quotes, of plain characters.
  private mutating func string() throws(Complaint) -> String {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw complaint("wanted a string")
    }
    let start = place + 1
    guard let end = text[start...].firstIndex(of: quote) else { throw complaint("torn string") }
    let inner = text[start..<end]
    guard inner.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") }) else {
      throw complaint("strange characters in a string")
    }
    place = end + 1
    return String(decoding: inner, as: UTF8.self)
  }

  private mutating func truth() throws(Complaint) -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)]
    where text[place...].starts(with: word.utf8) {
      place += word.utf8.count
      return value
    }
    throw complaint("wanted True or False")
  }

  private mutating func tuple() throws(Complaint) -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !skips(")") {
      numbers.append(try number())
      if !skips(",") {
        try expect(")")
        // Python takes (3) for a number.
        if numbers.count == 1 { throw complaint("wanted a tuple") }
        break
      }
      if numbers.count > 64 { throw complaint("too many axes") }
    }
    return numbers
  }

  private mutating func number() throws(Complaint) -> Int {
    skipBlanks()
    let digits = text[place...].prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw complaint("wanted a length")
    }
    place += digits.count
    // Python 2 wrote long numbers with an L.
    if place < text.count, text[place] == UInt8(ascii: "L") { place += 1 }
    return value
  }
}
