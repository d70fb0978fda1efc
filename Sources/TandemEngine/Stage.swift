/// How far an operation has come, for reports; one number that other threads may read.
enum Stage {
  static let waiting: UInt32 = 0
  static let ready: UInt32 = 1
  static let started: UInt32 = 2
  static let firstWorker: UInt32 = 16
  /// The rest is the thread's ``EngineThread/index``.
  static let inline: UInt32 = 1 << 31

  /// The index of the thread that queued the operation and runs it.
  static func inlineThread(_ stage: UInt32) -> Int? {
    stage & inline == 0 ? nil : Int(stage & ~inline)
  }

  static func description(_ stage: UInt32) -> String {
    switch stage {
    case waiting: "waits for operations before it"
    case ready: "ready, waits for a thread"
    case started: "started, waits for its completion"
    case inline...: "running on the thread that queued it"
    default: "running on worker \(stage - firstWorker)"
    }
  }
}
