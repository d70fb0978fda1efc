import Testing
@testable import TandemShapes
