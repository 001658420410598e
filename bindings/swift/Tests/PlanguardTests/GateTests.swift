import Planguard
import PlanguardTestKit
import XCTest

/// Features: what a user sees first.
final class GateTests: XCTestCase {
    func testAFeatureThatTheEditionLacksComesWithAPricedRemedy() async throws {
        let planguard = try await open()
        let community = try planguard.feature(.community)
        XCTAssertFalse(community.granted)
        XCTAssertEqual(community.reason, .notInEdition)

        let remedies = try planguard.explainFeature(.community).remedies
        let prices = remedies.compactMap { remedy -> Money? in
            guard case .changeEdition(_, .premium, _, let price, _, _, _, _, _, _, _, _, _, _) = remedy else {
                return nil
            }
            return price
        }
        // Premium 699 USD less Standard 399 USD a month.
        XCTAssertEqual(prices, [Money(amount: 300, currency: .usd)])
    }

    func testAnAnswerExplainsItselfInBothLanguages() async throws {
        let planguard = try await open()
        let community = try planguard.feature(.community)
        XCTAssertTrue(community.explain(.en).contains("communities"), community.explain(.en))
        XCTAssertTrue(community.explain(.zhHans).contains("社群"), community.explain(.zhHans))
    }

    func testConditionsAreCheckedAgainstTheContext() async throws {
        let planguard = try await open { $0.fallback = (.intl2022, .ultimate) }
        XCTAssertTrue(try planguard.feature(.groupReadReceipts).granted)
        let large = FeatureContext(platform: .android, groupSize: 350)
        XCTAssertFalse(try planguard.feature(.groupReadReceipts, in: large).granted)
        guard case .conditionUnmet = try planguard.explainFeature(.groupReadReceipts, in: large).reason else {
            return XCTFail("the condition is not named")
        }
    }

    func testEveryFeatureHasAnAnswerAndAWordThatIsReadBack() async throws {
        let planguard = try await open()
        XCTAssertEqual(Feature.allCases.count, 14)
        for feature in Feature.allCases {
            XCTAssertEqual(try planguard.feature(feature).feature, feature)
        }
    }

    func testWithoutAnythingKnownNothingIsGrantedAndNothingDenied() async throws {
        let planguard = try await open { $0.fallback = nil }
        XCTAssertEqual(try planguard.feature(.community).reason, .unknown)
        XCTAssertEqual(try planguard.check(.addFriend(user: "ada", peer: "bob")).decision, .allowed)
    }

    func testASeedServesTheFirstStartOffline() async throws {
        let document = """
            { "schema": 1, "revision": 41, "sdk_app_id": \(app), "catalog": "intl-2024", "edition": "standard",
              "features": { "community": "supported" }, "issued_at": "2024-08-20T00:00:00Z" }
            """
        let planguard = try await open { $0.seed = Data(document.utf8) }
        let community = try planguard.feature(.community)
        XCTAssertTrue(community.granted && community.stale)
    }

    func testPoliciesReachTheCore() async throws {
        let planguard = try await open {
            $0.fallback = nil
            $0.decisions = DecisionPolicy(featuresWhenUnknown: true)
        }
        XCTAssertTrue(try planguard.feature(.community).granted)
    }

    func testThePlanCanBeLookedAt() async throws {
        let clock = ManualClock(at: august)
        let planguard = try await open(clock)
        XCTAssertEqual(try planguard.now, clock.date)
        XCTAssertEqual(try planguard.billingMonth, "2024-08")
        XCTAssertEqual(try planguard.entitlements.edition, .standard)
        XCTAssertEqual(try planguard.entitlements.catalog, .intl2024)
        XCTAssertFalse(try planguard.stableGuestId.isEmpty)
        XCTAssertNoThrow(try planguard.setPhase(.background))
        XCTAssertEqual(try planguard.entitlements.phase, .background)
    }

    func testConstantsAreTheNamesOfTheBuiltInPriceLists() throws {
        let lists = Billing.catalogs
        XCTAssertEqual(Set(lists.map { $0.id() }), [.intl2022, .intl2024, .intl2026, .cnDau])
        let editions: Set<EditionId> = [
            .free, .pro, .ultimate, .freeTrial, .standard, .premium, .trial, .professional, .flagship, .proPlus,
            .enterprise,
        ]
        XCTAssertEqual(Set(lists.flatMap { $0.editions() }), editions)
        let services: Set<ServiceId> = [
            .unlimitedAvGroups, .membersPerGroup, .groupsPerUser, .historyRetention, .audioVideoCall, .desk, .deskAgent,
            .aiChatbotStarter, .aiChatbotPremium, .aiChatbotMessages, .call, .push, .cloudSearch,
        ]
        XCTAssertEqual(Set(lists.flatMap { $0.services() }).subtracting(services), [])
    }
}
