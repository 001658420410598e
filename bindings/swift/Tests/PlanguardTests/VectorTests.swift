import Foundation
import Planguard
import PlanguardTestKit
import XCTest

/// The cases of `tests/vectors`, which every language answers alike.
final class VectorTests: XCTestCase {
    private typealias Fields = [String: Any]

    func testFeatures() async throws { try await run("features") }
    func testChecks() async throws { try await run("checks") }
    func testLogins() async throws { try await run("logins") }
    func testBills() async throws { try await run("bills") }
    func testLifecycle() async throws { try await run("lifecycle") }
    func testExplanations() async throws { try await run("explanations") }

    private func run(_ file: String) async throws {
        let folder = package.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("tests/vectors")
        let data = try Data(contentsOf: folder.appendingPathComponent("\(file).json"))
        let parsed = try XCTUnwrap(JSONSerialization.jsonObject(with: data) as? Fields)
        let cases = try XCTUnwrap(parsed["cases"] as? [Fields])
        XCTAssertFalse(cases.isEmpty)
        for fields in cases {
            let subject = try await Subject(fields)
            for (number, step) in try XCTUnwrap(fields["steps"] as? [Fields]).enumerated() {
                let name = "\(file): \(fields["name"] ?? ""), step \(number + 1)"
                let found = try await subject.take(step)
                for (field, expected) in step["expect"] as? Fields ?? [:] {
                    let value = try XCTUnwrap(found[field], "\(name): \(field) is not told")
                    XCTAssertTrue(same(value, expected), "\(name): \(field) is \(value), not \(expected)")
                }
            }
        }
    }

    /// Whether an answer is what the file says. Of two kinds they are not the same.
    private func same(_ value: Any, _ expected: Any) -> Bool {
        switch value {
        case let text as String: text == expected as? String
        case let yes as Bool: yes == expected as? Bool
        case let count as UInt64: count == expected as? UInt64
        case let count as Int: count == expected as? Int
        default: false
        }
    }

    func testAnotherAnswerIsSeen() {
        XCTAssertTrue(same(UInt64(3), NSNumber(value: 3)) && same(true, true) && same("a", "a") && same(3, 3))
        XCTAssertFalse(same(UInt64(3), NSNumber(value: 4)) || same(true, false) || same("a", "b") || same(3, "3") || same(true, "a"))
    }

    /// A guard in memory that takes the steps of one case.
    private final class Subject {
        private let clock: ManualClock
        private let store = FailingStore()
        private let fields: Fields
        private var planguard: Planguard

        init(_ fields: Fields) async throws {
            let now = try XCTUnwrap(ISO8601DateFormatter().date(from: try XCTUnwrap(fields["now"] as? String)))
            clock = ManualClock(at: now)
            self.fields = fields
            planguard = try await Self.open(fields, clock, store)
        }

        private static func open(_ fields: Fields, _ clock: ManualClock, _ store: FailingStore) async throws -> Planguard {
            try await Planguard.open(sdkAppId: app) {
                $0.clock = clock
                $0.store = .host(store)
                if let plan = fields["plan"] as? [String: String] {
                    $0.fallback = try (.init(rawValue: XCTUnwrap(plan["catalog"])), .init(rawValue: XCTUnwrap(plan["edition"])))
                }
                if var document = fields["document"] as? Fields {
                    if document["issued_at"] == nil { document["issued_at"] = fields["now"] }
                    $0.seed = try JSONSerialization.data(withJSONObject: document)
                }
                if fields["multi_user"] as? Bool == true { $0.sessionMode = .multiUser }
                if fields["enforce"] as? Bool == true {
                    $0.decisions = DecisionPolicy(allLimits: .enforce, onStale: .enforce)
                }
                if let budget = fields["mau_budget"] as? UInt64 {
                    $0.logins = LoginPolicy(mauBudget: budget, onBudget: .enforce)
                }
            }
        }

        /// Takes one step, and tells everything that may be expected of it.
        func take(_ step: Fields) async throws -> Fields {
            if let word = step["feature"] as? String {
                let decision = try planguard.feature(try Feature.read(word))
                return ["granted": decision.granted, "reason": decision.reason.asStr()].explained(decision)
            }
            if let action = step["check"] as? Fields {
                let verdict = try planguard.check(try Action.read(action))
                var found = ["allowed": verdict.decision != .denied, "reason": verdict.reason.asStr()].explained(verdict)
                if let use = verdict.tightest {
                    found["limit"] = use.limit.asStr()
                    found["used"] = use.used
                    if case .of(let max) = use.max { found["max"] = max }
                    found["fits"] = use.fits
                }
                return found
            }
            if let action = step["perform"] as? Fields {
                let (calls, code) = (Counter(), step["code"] as? Int32 ?? 0)
                let performed = try await planguard.perform(try Action.read(action)) {
                    calls.add()
                    if code != 0 { throw ProviderError.provider(code: code, text: "") }
                }
                return ["done": performed.isDone(), "calls": calls.count]
            }
            if let action = step["record"] as? Fields {
                try await planguard.record(try Action.read(action))
                return [:]
            }
            if let seen = step["observe"] as? Fields {
                try await planguard.observe(try Observation.read(seen))
                return [:]
            }
            if let user = step["login"] as? String { return try await login(user, step) }
            if let user = step["session"] as? String {
                try await happen(try XCTUnwrap(step["event"] as? String), planguard.session(user))
                return [:]
            }
            if step["lifecycle"] != nil { return ["state": try planguard.lifecycle.asStr()] }
            if step["bill"] != nil { return try bill(step) }
            if let seconds = step["advance"] as? Double {
                clock.advance(by: seconds)
                return [:]
            }
            if step["restart"] != nil {
                planguard.shutdown()
                planguard = try await Self.open(fields, clock, store)
                return [:]
            }
            throw Unknown(step: "\(step.keys.sorted())")
        }

        private func login(_ user: String, _ step: Fields) async throws -> Fields {
            let (calls, code) = (Counter(), step["code"] as? Int32 ?? 0)
            let intent = try LoginIntent.read(try XCTUnwrap(step["intent"]))
            do {
                let outcome = try await planguard.login(user, intent) {
                    calls.add()
                    if code != 0 { throw ProviderError.provider(code: code, text: "") }
                }
                var found = ["outcome": outcome.asStr(), "calls": calls.count].explained(outcome)
                switch outcome {
                case .executed(let mau): found["new_in_month"] = mau.newInMonth
                case .deferred(let reason, _, _): found["reason"] = reason.asStr()
                case .denied(let reason, _, _, _): found["reason"] = reason.asStr()
                case .joined, .alreadyLoggedIn, .shed: break
                }
                return found
            } catch let error as LoginError {
                return ["outcome": "failed", "class": error.failure.failureClass.asStr(), "calls": calls.count].explained(error)
            }
        }

        private func happen(_ event: String, _ session: Session) async throws {
            switch event {
            case "connected": try await session.connected()
            case "disconnected": try await session.disconnected()
            case "kicked_off": try await session.kickedOff()
            case "user_sig_expired": try await session.userSigExpired()
            case "logged_out": try await session.loggedOut()
            default: throw Unknown(step: event)
            }
        }

        private func bill(_ step: Fields) throws -> Fields {
            var request = step
            request["month"] = step["bill"]
            request["bill"] = nil
            request["expect"] = nil
            let json = try JSONSerialization.data(withJSONObject: request)
            let bill = try Billing.bill(json: String(decoding: json, as: UTF8.self))
            var found: Fields = [:]
            if let total = bill.total {
                found["total"] = total.amount.description
                found["currency"] = "\(total.currency)".uppercased()
            }
            return found
        }
    }
}

struct Unknown: Error {
    let step: String
}

extension [String: Any] {
    fileprivate func explained(_ answer: some Explained) -> Self {
        merging(["en": answer.explain(.en), "zh-Hans": answer.explain(.zhHans)]) { _, new in new }
    }

    fileprivate func text(_ field: String) throws -> String {
        try XCTUnwrap(self[field] as? String, field)
    }

    fileprivate func number(_ field: String) throws -> UInt64 {
        try XCTUnwrap(self[field] as? UInt64, field)
    }

    fileprivate func kind(_ field: String = "kind") throws -> GroupType {
        let word = try text(field)
        return try XCTUnwrap(GroupType.allCases.first { $0.asStr() == word }, word)
    }
}

extension Feature {
    fileprivate static func read(_ word: String) throws -> Self {
        try XCTUnwrap(allCases.first { $0.asStr() == word }, word)
    }
}

extension LoginIntent {
    fileprivate static func read(_ value: Any) throws -> Self {
        switch value as? String {
        case "open_chat": .openChat
        case "app_launch": .appLaunch
        case "reconnect": .reconnect
        case "push_wake": .pushWake
        case "prefetch": .prefetch
        case "view_only": .viewOnly
        case "renew_user_sig": .renewUserSig
        case "after_kick": .afterKick(confirmed: false)
        case "after_kick_confirmed": .afterKick(confirmed: true)
        default: throw Unknown(step: "intent \(value)")
        }
    }
}

extension Observation {
    fileprivate static func read(_ fields: [String: Any]) throws -> Self {
        switch try fields.text("type") {
        case "friends": .friends(user: try fields.text("user"), count: try fields.number("count"))
        case "groups": .groups(user: try fields.text("user"), count: try fields.number("count"))
        case "group":
            .group(
                group: try fields.text("group"), members: try fields.number("members"), ownMax: fields["own_max"] as? UInt64)
        default: throw Unknown(step: "observe \(fields)")
        }
    }
}

extension Action {
    fileprivate static func read(_ fields: [String: Any]) throws -> Self {
        let (text, number, kind) = (fields.text, fields.number, fields.kind)
        switch try text("type") {
        case "add_friend": return .addFriend(user: try text("user"), peer: try text("peer"))
        case "remove_friend": return .removeFriend(user: try text("user"), peer: try text("peer"))
        case "join_group": return .joinGroup(user: try text("user"), group: try text("group"), kind: try kind("kind"))
        case "apply_to_join": return .applyToJoin(user: try text("user"), group: try text("group"), kind: try kind("kind"))
        case "leave_group": return .leaveGroup(user: try text("user"), group: try text("group"), kind: try kind("kind"))
        case "create_group":
            return .createGroup(
                owner: try text("owner"), kind: try kind("kind"), initialMembers: try number("initial_members"))
        case "dissolve_group":
            return .dissolveGroup(owner: try text("owner"), group: try text("group"), kind: try kind("kind"))
        case "add_members":
            return .addMembers(group: try text("group"), kind: try kind("kind"), count: try number("count"))
        case "remove_members":
            return .removeMembers(group: try text("group"), kind: try kind("kind"), count: try number("count"))
        case "enlarge_group": return .enlargeGroup(group: try text("group"), kind: try kind("kind"), to: try number("to"))
        case "register_user": return .registerUser
        case "search": return .search
        case "push": return .push(messages: try number("messages"))
        case "call": return .call(group: try XCTUnwrap(fields["group"] as? Bool))
        default: throw Unknown(step: "action \(fields)")
        }
    }
}
