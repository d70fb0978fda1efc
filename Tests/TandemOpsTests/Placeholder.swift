import Testing
@testable import TandemOps
