import Planguard
import PlanguardTestKit
import XCTest

/// Actions against limits: check, perform, permits, counting.
final class ActionTests: XCTestCase {
    private let add = Action.addFriend(user: "ada", peer: "bob")

    /// Standard allows 3,000 friends; limits are kept although a fallback is never fresh.
    private func strict(_ clock: ManualClock = ManualClock(at: august)) async throws -> Planguard {
        try await open(clock) { $0.decisions = DecisionPolicy(onStale: .enforce) }
    }

    private func fill(_ planguard: Planguard) async throws {
        let most = try XCTUnwrap(planguard.assess(add).checks.first?.evidence.max)
        guard case .of(let count) = most else { return XCTFail("no limit") }
        try await planguard.observe(.friends(user: "ada", count: count))
        try await planguard.observe(.friends(user: "bob", count: 1))
    }

    func testABulkActionSaysHowMuchOfItFits() async throws {
        let planguard = try await open()
        let group = Action.addMembers(group: "g1", kind: .work, count: 260)
        let check = try XCTUnwrap(planguard.assess(group).checks.first)
        // 200 members a group on Standard.
        XCTAssertEqual(check.evidence.max, .of(200))
        XCTAssertEqual(check.fits, 200)
    }

    func testAnActionThatFitsIsCarriedOutAndCounted() async throws {
        let planguard = try await open()
        try await planguard.observe(.friends(user: "ada", count: 10))
        let calls = Counter()
        let performed = try await planguard.perform(add) { calls.add() }
        XCTAssertEqual(performed, .done)
        XCTAssertTrue(performed.isDone())
        XCTAssertNil(performed.explain(.en))
        XCTAssertEqual(calls.count, 1)
        let friends = try planguard.assess(add).checks.first { $0.evidence.used == 11 }
        XCTAssertNotNil(friends, "ada's friend was not counted")
    }

    func testAnActionWithoutRoomIsNotCarriedOut() async throws {
        let planguard = try await strict()
        try await fill(planguard)
        XCTAssertEqual(try planguard.check(add).decision, .denied)
        let calls = Counter()
        let performed = try await planguard.perform(add) { calls.add() }
        guard case .byPlan(let assessment) = performed else { return XCTFail("\(performed)") }
        XCTAssertEqual(calls.count, 0)
        XCTAssertFalse(assessment.remedies.isEmpty)
        XCTAssertEqual(performed.explain(.en), assessment.explain(.en))
    }

    func testARefusalOfTheProviderIsExplained() async throws {
        let planguard = try await open()
        let performed = try await planguard.perform(add) {
            throw ProviderError.provider(code: 30010, text: "friend list full")
        }
        guard case .byProvider(let rejection) = performed else { return XCTFail("\(performed)") }
        XCTAssertEqual(rejection.code, 30010)
        XCTAssertEqual(rejection.limit, .friendsPerUser)
        XCTAssertEqual(rejection.detail, "friend list full")
        XCTAssertFalse("\(rejection)".contains("full"), "the provider's text is for the app only")
        XCTAssertFalse(rejection.explain(.zhHans).isEmpty)
    }

    func testWhatTheAppThrowsIsThrownOn() async throws {
        let planguard = try await open()
        let failure = SDKFailure(text: "no network")
        let error = await thrown { try await planguard.perform(add) { throw failure } }
        XCTAssertEqual(error as? SDKFailure, failure)
        XCTAssertEqual(try planguard.check(add).decision, .allowed, "the guard goes on")
        XCTAssertEqual(try planguard.check(add).tightest?.reserved, 0, "no room is left held")
    }

    func testOnlyWhatHappenedIsCounted() async throws {
        let planguard = try await open()
        try await planguard.observe(.group(group: "g1", members: 10, ownMax: nil))
        let members = Action.addMembers(group: "g1", kind: .work, count: 50)
        let performed = try await planguard.performPartly(members) { .amount(7) }
        XCTAssertEqual(performed, .done)
        XCTAssertEqual(try planguard.assess(members).checks.first?.evidence.used, 17)
    }

    func testACallThatNeverReturnsIsGivenUp() async throws {
        let clock = ManualClock(at: august)
        let planguard = try await open(clock)
        let error = await thrown {
            try await passing(clock) { try await planguard.perform(.search, timeout: 5) { try await forever() } }
        }
        guard case .TimedOut = error as? PlanguardError else { return XCTFail("\(String(describing: error))") }
    }

    func testAPermitHoldsItsRoomUntilItIsFinished() async throws {
        let planguard = try await strict()
        try await fill(planguard)
        try await planguard.observe(.friends(user: "ada", count: 2_999))
        guard case .held(let permit) = try await planguard.reserve(add) else { return XCTFail("denied") }
        guard case .denied = try await planguard.reserve(.addFriend(user: "ada", peer: "eve")) else {
            return XCTFail("room was given twice")
        }
        let committed = try await permit.commit()
        XCTAssertEqual(committed, .inTime)
        let again = await thrown { try await permit.commit() }
        guard case .Finished = again as? PlanguardError else { return XCTFail("\(String(describing: again))") }
    }

    func testAPermitThatIsLetGoGivesItsRoomBack() async throws {
        let planguard = try await strict()
        try await fill(planguard)
        try await planguard.observe(.friends(user: "ada", count: 2_999))
        var reservation: Reservation? = try await planguard.reserve(add)
        guard case .held = reservation else { return XCTFail("denied") }
        reservation = nil
        XCTAssertNil(reservation)
        guard case .held(let permit) = try await planguard.reserve(add) else { return XCTFail("the room is gone") }
        XCTAssertNoThrow(try permit.release())
    }

    func testAPermitIsFinishedByItsIdAndItsTimeIsItsOwn() async throws {
        let clock = ManualClock(at: august)
        let planguard = try await open(clock)
        guard case .held(let permit) = try await planguard.reserve(add, for: .seconds(600)) else {
            return XCTFail("denied")
        }
        XCTAssertEqual(permit.expires(), clock.date.addingTimeInterval(600))
        let id = try permit.keep()
        XCTAssertEqual(id, permit.id())
        let committed = try await planguard.commitPermit(id)
        XCTAssertEqual(committed, .inTime)
        let released = try await planguard.releasePermit(id)
        XCTAssertFalse(released, "it is finished")
    }

    func testAHappeningToldTwiceCountsOnce() async throws {
        let planguard = try await open()
        try await planguard.observe(.friends(user: "ada", count: 10))
        let first = try await planguard.recordOnce("callback-7", add)
        let second = try await planguard.recordOnce("callback-7", add)
        XCTAssertEqual([first, second], [true, false])
        try await planguard.record(.removeFriend(user: "ada", peer: "bob"))
        XCTAssertNotNil(try planguard.assess(add).checks.first { $0.evidence.used == 10 })
    }

    func testARefusalThatTheAppMetIsReported() async throws {
        let planguard = try await open()
        let rejection = try await planguard.reportRejection(code: 10037, message: "too many", feature: nil)
        XCTAssertEqual(rejection.rejectionClass, .limitReached)
        XCTAssertFalse(rejection.meaning.en.isEmpty)
    }

    func testAnActionThatMakesNoSenseIsDeniedWithItsReason() async throws {
        let planguard = try await open()
        let verdict = try planguard.check(.addFriend(user: "ada", peer: "ada"))
        XCTAssertEqual(verdict.reason, .invalid(.peerIsUser))
        XCTAssertFalse(verdict.explain(.en).isEmpty)
    }
}
