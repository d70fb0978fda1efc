import Testing
@testable import TandemData
