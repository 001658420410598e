import Foundation
import Planguard
import PlanguardFFI
import XCTest

/// What cannot be used is a typed error that names the field and the remedy.
final class BadInputTests: XCTestCase {
    private func details(
        line: UInt = #line,
        of work: () async throws -> some Any
    ) async -> (field: String?, reason: String) {
        let error = await thrown(line: line, by: work)
        guard case .InvalidInput(let details) = error as? PlanguardError else {
            XCTFail("\(String(describing: error))", line: line)
            return (nil, "")
        }
        XCTAssertFalse(details.explanation.en.isEmpty, line: line)
        XCTAssertFalse(details.explanation.zhHans.isEmpty, line: line)
        return (details.fieldName, details.reason)
    }

    func testSettingsAreCheckedWhenTheGuardIsOpened() async throws {
        let id = await details { try await Planguard.open(sdkAppId: 0) }
        XCTAssertEqual(id.field, "sdk_app_id", id.reason)
        let zone = await details { try await open { $0.billingZone = "Mars/Olympus" } }
        XCTAssertTrue(zone.reason.contains("Mars/Olympus"), zone.reason)
        let url = await details { try await open { $0.endpoint = "ftp://billing.example.com" } }
        XCTAssertEqual(url.field, "endpoint", url.reason)
        let edition = await details { try await open { $0.fallback = (.intl2024, .ultimate) } }
        XCTAssertTrue(edition.reason.contains("ultimate"), edition.reason)
        let name = await details { try await open { $0.fallback = ("Not A Name!", .standard) } }
        XCTAssertEqual(name.field, "catalog", name.reason)
        let seed = await details { try await open { $0.seed = Data("{".utf8) } }
        XCTAssertFalse(seed.reason.isEmpty)
        let keys = ["2026-11": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]
        let key = await details { try await open { $0.trustedKeys = ["2026-11": "no key"] } }
        XCTAssertEqual(key.field, "trusted_keys", key.reason)
        let audience = await details { try await open { $0.audience = "production" } }
        XCTAssertEqual(audience.field, "audience", audience.reason)
        let age = await details {
            try await open {
                $0.trustedKeys = keys
                $0.maxDocumentAge = 0
            }
        }
        XCTAssertEqual(age.field, "max_document_age", age.reason)
        let unsigned = await details {
            try await open {
                $0.trustedKeys = keys
                $0.seed = Data("{}".utf8)
            }
        }
        XCTAssertTrue(unsigned.reason.contains("not signed"), unsigned.reason)
        let both = await details {
            try await open {
                $0.credential = "token"
                $0.credentials = { "token" }
            }
        }
        XCTAssertEqual(both.field, "credential", both.reason)
    }

    func testAWrongWordListsTheKnownOnes() async throws {
        let feature = await details { try parseFeature(text: "communities") }
        XCTAssertTrue(feature.reason.contains("community"), feature.reason)
        let group = await details { try parseGroupType(text: "Work") }
        XCTAssertTrue(group.reason.contains("av_chat_room"), group.reason)
        XCTAssertEqual(try parseFeature(text: "community"), .community)
        let id = await details { try await Planguard.open(sdkAppId: .max) }
        XCTAssertEqual(id.field, "sdk_app_id", id.reason)
    }

    func testIdsAreCheckedByTheCallThatTakesThem() async throws {
        let planguard = try await open()
        let user = await details { try planguard.check(.addFriend(user: "", peer: "bob")) }
        XCTAssertTrue(user.reason.contains("user"), user.reason)
        let long = await details { try await planguard.login(String(repeating: "a", count: 99), .openChat) {} }
        XCTAssertTrue(long.reason.contains("32"), long.reason)
        let permit = await details { try await planguard.commitPermit("no permit") }
        XCTAssertFalse(permit.reason.isEmpty)
        let month = await details { try await planguard.loginReport("August") }
        XCTAssertTrue(month.reason.contains("August"), month.reason)
    }

    func testALengthOfTimeThatIsNoneIsNoCrash() async throws {
        let planguard = try await open()
        for seconds in [-1, .nan, .infinity, .greatestFiniteMagnitude] as [TimeInterval] {
            let login = await details { try await planguard.login("ada", .openChat, timeout: seconds) {} }
            XCTAssertEqual(login.field, "timeout")
            let perform = await details { try await planguard.perform(.search, timeout: seconds) {} }
            XCTAssertEqual(perform.field, "timeout")
            let reserve = await details { try await planguard.reserve(.search, for: seconds) }
            XCTAssertEqual(reserve.field, "length")
            let fresh = await details { try await planguard.keepFresh(every: seconds) }
            XCTAssertEqual(fresh.field, "every")
            let policy = await details { try await open { $0.logins = LoginPolicy(debounce: seconds) } }
            XCTAssertEqual(policy.field, "logins.debounce")
            let times = await details { try await open { $0.endpointTimeouts = LinkTimeouts(request: seconds) } }
            XCTAssertEqual(times.field, "endpointTimeouts.request")
            let permit = await details { try await open { $0.permitTTL = seconds } }
            XCTAssertEqual(permit.field, "permitTTL")
        }
    }

    func testAnUnusableStoreIsAStoreError() async throws {
        let place = try folder(self).appendingPathComponent("planguard.db")
        try Data("somebody else's file, which is long enough to be looked at".utf8).write(to: place)
        let error = await thrown { try await open { $0.store = .file(place) } }
        guard case .Store(let details) = error as? PlanguardError else { return XCTFail("\(String(describing: error))") }
        XCTAssertFalse(details.reason.isEmpty)
        let kept = try Data(contentsOf: place)
        XCTAssertTrue(kept.starts(with: Data("somebody else's".utf8)), "the file was touched")
    }

    func testADateOutOfRangeIsNoCrash() async throws {
        let list = try XCTUnwrap(Billing.catalogs.first { $0.id() == .intl2024 })
        let request = BillRequest(
            catalog: list, edition: .standard, month: "2024-08", zone: "+08:00", usage: MonthUsage(mau: 1), limits: [:])
        for date in [Date.distantPast, .distantFuture, Date(timeIntervalSince1970: 1e300)] {
            _ = try? Billing.forecast(request, asOf: date)
        }
    }

    func testErrorsPrintALineAndNoSecrets() async throws {
        let secret = "sk-very-secret"
        let error = await thrown {
            try await open {
                $0.endpoint = "https://billing.example.com"
                $0.credential = "\(secret)\u{0}"
            }
        }
        let known = try XCTUnwrap(error as? PlanguardError)
        for text in ["\(known)", String(reflecting: known), known.localizedDescription, known.reason] {
            XCTAssertFalse(text.contains(secret), text)
            XCTAssertFalse(text.isEmpty)
        }
        var dumped = ""
        dump(ProviderError.provider(code: 6014, text: secret), to: &dumped)
        XCTAssertFalse(dumped.contains(secret), dumped)
    }
}
