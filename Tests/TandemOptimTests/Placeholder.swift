import Testing

@testable import TandemOptim
