import Testing
@testable import TandemThreads
