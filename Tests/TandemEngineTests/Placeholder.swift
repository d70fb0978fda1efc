import Testing
@testable import TandemEngine
