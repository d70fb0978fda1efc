import Testing
@testable import TandemArray
