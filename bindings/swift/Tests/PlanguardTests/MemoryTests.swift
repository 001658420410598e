import Foundation
import Planguard
import PlanguardTestKit
import XCTest

/// 100,000 calls of each method of each object leave memory as it was, and every object that crosses is let go.
///
/// `PLANGUARD_CALLS` makes it another number. `PLANGUARD_CALL_SECONDS` is how long one method is called at most, for a
/// machine that must be quick; each test says how many calls those were.
final class MemoryTests: XCTestCase {
    private static let calls = Int(ProcessInfo.processInfo.environment["PLANGUARD_CALLS"] ?? "") ?? 100_000
    private static let seconds = Double(ProcessInfo.processInfo.environment["PLANGUARD_CALL_SECONDS"] ?? "") ?? .infinity
    /// So many in any case.
    private static let fewest = min(calls, 5_000)
    /// Calls by which the cost of one is known.
    private static let sample = min(calls, 1_000)
    /// Below one byte in forty of a leak of a small record per call.
    private static let allowed = 4 << 20

    /// What the process holds in memory now, in bytes.
    private func resident() throws -> Int {
        #if os(Linux)
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try XCTUnwrap(Int(pages[1])) * Int(sysconf(Int32(_SC_PAGESIZE)))
        #else
        var info = mach_task_basic_info()
        var count = mach_msg_type_number_t(MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size)
        let result = withUnsafeMutablePointer(to: &info) { pointer in
            pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
            }
        }
        XCTAssertEqual(result, KERN_SUCCESS)
        return Int(info.resident_size)
        #endif
    }

    /// Runs `call` often enough for whatever is made once, then until 100,000 calls were made under watch.
    private func assertFlat(_ name: String, callsEach: Int = 1, _ call: () async throws -> Void) async throws {
        let start = ContinuousClock.now
        for _ in 0..<Self.sample { try await call() }
        let took = start.duration(to: .now) / .seconds(1)
        let affordable = min(Double(Self.calls / callsEach), Self.seconds / (took / Double(Self.sample)))
        let times = max(Int(affordable), Self.fewest / callsEach)
        for _ in 0..<(times / 10) { try await call() }
        let before = try resident()
        for _ in 0..<times { try await call() }
        let grown = try resident() - before
        print("memory: \(name): \(times * callsEach) calls, \(grown / 1024) KiB more")
        XCTAssertLessThan(grown, Self.allowed, "\(name) left \(grown) bytes behind")
    }

    func testReads() async throws {
        let planguard = try await open()
        let context = FeatureContext(platform: .ios)
        let add = Action.addFriend(user: "ada", peer: "bob")
        let session = planguard.session("ada")
        try await assertFlat("feature") { _ = try planguard.feature(.community) }
        try await assertFlat("feature in") { _ = try planguard.feature(.community, in: context) }
        try await assertFlat("check") { _ = try planguard.check(add) }
        try await assertFlat("lifecycle") { _ = try planguard.lifecycle }
        try await assertFlat("now") { _ = try planguard.now }
        try await assertFlat("billingMonth") { _ = try planguard.billingMonth }
        try await assertFlat("stableGuestId") { _ = try planguard.stableGuestId }
        try await assertFlat("isShutDown") { _ = planguard.isShutDown }
        try await assertFlat("setPhase") { try planguard.setPhase(.foreground) }
        try await assertFlat("state") { _ = try session.state }
    }

    func testAnswersWithEvidence() async throws {
        let planguard = try await open()
        let add = Action.addFriend(user: "ada", peer: "bob")
        let community = try planguard.feature(.community)
        try await assertFlat("explainFeature") { _ = try planguard.explainFeature(.community) }
        try await assertFlat("assess") { _ = try planguard.assess(add) }
        try await assertFlat("explain") { _ = community.explain(.zhHans) }
        try await assertFlat("entitlements") { _ = try planguard.entitlements }
    }

    func testWrites() async throws {
        let clock = ManualClock(at: august)
        let planguard = try await open(clock)
        let (add, remove) = (Action.addFriend(user: "ada", peer: "bob"), Action.removeFriend(user: "ada", peer: "bob"))
        try await assertFlat("observe") { try await planguard.observe(.friends(user: "ada", count: 10)) }
        try await assertFlat("record", callsEach: 2) {
            try await planguard.record(add)
            try await planguard.record(remove)
        }
        try await assertFlat("perform") { _ = try await planguard.perform(.search) {} }
        try await assertFlat("reserve, release", callsEach: 2) {
            guard case .held(let permit) = try await planguard.reserve(.search) else { return XCTFail("denied") }
            try permit.release()
        }
        try await planguard.login("ada", .openChat) {}
        try await assertFlat("login") { try await planguard.login("ada", .openChat) { XCTFail("called") } }
        try await assertFlat("flush") { try await planguard.flush() }
    }

    func testEveryObjectThatCrossesIsLetGo() async throws {
        let clock = ManualClock(at: august)
        weak var store: FailingStore?
        weak var endpoint: ScriptedEndpoint?
        weak var probe: Probe?
        do {
            let (held, asked, called) = (FailingStore(), ScriptedEndpoint(), Probe())
            (store, endpoint, probe) = (held, asked, called)
            let planguard = try await open(clock) {
                $0.store = .host(held)
                $0.endpoint = ScriptedEndpoint.url
                $0.transport = asked
            }
            try await planguard.login("ada", .openChat) { called.touch() }
            _ = try? await planguard.sync(.fetch)
            planguard.shutdown()
        }
        let end = ContinuousClock.now.advanced(by: .seconds(30))
        while store != nil || endpoint != nil || probe != nil, ContinuousClock.now < end { await Task.yield() }
        XCTAssertNil(store)
        XCTAssertNil(endpoint)
        XCTAssertNil(probe)
    }

    func testAThousandGuardsAreLetGo() async throws {
        func once() async throws {
            let planguard = try await open()
            let events = planguard.events
            try await planguard.login("ada", .openChat) {}
            for await event in events {
                if case .loginExecuted = event { break }
            }
        }
        for _ in 0..<200 { try await once() }
        let before = try resident()
        for _ in 0..<1_000 { try await once() }
        let grown = try resident() - before
        XCTAssertLessThan(grown, Self.allowed, "1,000 guards left \(grown) bytes behind")
    }
}

private final class Probe: Sendable {
    func touch() {}
}
