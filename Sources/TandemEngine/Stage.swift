/// How far an operation has come, for reports; one number that other threads may read.
enum Stage {
  static let waiting: UInt32 = 0
  static let ready: UInt32 = 1
  static let started: UInt32 = 2
  static let inline: UInt32 = 3
  static let firstWorker: UInt32 = 16

  static func description(_ stage: UInt32) -> String {
    switch stage {
    case waiting: "waits for operations before it"
    case ready: "ready, waits for a thread"
    case started: "started, waits for its completion"
    case inline: "running on the thread that queued it"
    default: "running on worker \(stage - firstWorker)"
    }
  }
}
