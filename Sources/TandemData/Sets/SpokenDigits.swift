import TandemArray

/// 600 recordings of the ten digits by six people, ten times each, at 8,000 samples a second.
///
/// - Reference: Jackson et al., *Free Spoken Digit Dataset*, 2018.
public struct SpokenDigits: Sendable {
  /// One recording.
  public struct Recording: Sendable {
    /// The digit that is spoken.
    public let digit: Int
    /// Who speaks.
    public let speaker: String
    /// The speaker's how many-th time, from zero.
    public let take: Int
    /// From −1 to 1.
    public let samples: [Float]
  }

  /// All recordings, sorted by digit, speaker and take.
  public let recordings: [Recording]

  /// Loads the set from `$TANDEM_DATA/speech_fsdd`, the user's cache, or the address in
  /// `TANDEM_SPEECH_FSDD_URL`.
  ///
  /// - Throws: `DataSetError` if it cannot be had, or is incomplete or malformed.
  public static func load() async throws(DataSetError) -> SpokenDigits {
    let locator = DataSetLocator(environmentFor: .spokenDigits)
    return try await onThreadOfItsOwn { () throws(DataSetError) in
      let path = try locator.locate(.spokenDigits).paths[0]
      let tar = try TarFile(path: path)
      var recordings: [Recording] = []
      for (name, range) in tar.files where name.hasSuffix(".wav") {
        let file = name.split(separator: "/").last.map(String.init) ?? name
        let parts = file.dropLast(".wav".count).split(separator: "_")
        guard parts.count == 3, let digit = Int(parts[0]), (0..<10).contains(digit),
          let take = Int(parts[2])
        else {
          throw DataSetError(.malformed, "spoken digits: no digit_speaker_take: \(path): \(name)")
        }
        let wave = try WaveFile(Array(tar.bytes[range]), name: "\(path): \(name)")
        recordings.append(
          Recording(digit: digit, speaker: String(parts[1]), take: take, samples: wave.samples))
      }
      recordings.sort { ($0.digit, $0.speaker, $0.take) < ($1.digit, $1.speaker, $1.take) }
      return SpokenDigits(recordings: recordings)
    }
  }
}
