// A screen opens the guard and uses it: what its closures capture belongs to the main actor.

import Planguard
import XCTest

final class MainActorTests: XCTestCase {
    @MainActor func testAScreenOpensAGuardWithWhatItHolds() async throws {
        let screen = Screen()
        let planguard = try await screen.open()
        XCTAssertFalse(try planguard.feature(.community).granted)
        planguard.shutdown()
    }
}

@MainActor private final class Screen {
    var edition: EditionId = .standard

    func open() async throws -> Planguard {
        try await Planguard.open(sdkAppId: 1_400_000_001) { $0.fallback = (.intl2024, edition) }
    }
}
