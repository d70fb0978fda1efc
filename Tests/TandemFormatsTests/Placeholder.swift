import Testing
@testable import TandemFormats
