import Foundation
import Planguard
import XCTest

/// Money is exact, and every amount has its currency.
final class BillingTests: XCTestCase {
    private var list: Catalog {
        get throws { try Catalog.builtIn(id: .intl2024) }
    }

    func testAMonthIsBilledLineByLine() throws {
        let request = BillRequest(
            catalog: try list, edition: .standard, month: "2024-08", zone: "+08:00",
            usage: MonthUsage(mau: 12_345), limits: [:])
        let bill = try Billing.bill(request)
        // 399 for the plan and 2,345 users beyond the 10,000 included, at 0.015.
        let total = try XCTUnwrap(Decimal(string: "434.175"))
        XCTAssertEqual(bill.total, Money(amount: total, currency: .usd))
        XCTAssertEqual(bill.lines.count, 2)
        XCTAssertEqual(bill.lines.last?.unitPrice?.amount, Decimal(string: "0.015"))
        XCTAssertFalse(bill.explain(.zhHans).isEmpty)
    }

    func testTheSameRequestIsReadFromJSON() throws {
        let bill = try Billing.bill(json: """
            { "catalog": "intl-2024", "edition": "standard", "month": "2024-08", "usage": { "mau": 12345 } }
            """)
        XCTAssertEqual(bill.total?.amount, Decimal(string: "434.175"))
    }

    func testARequestThatCannotBeBilledNamesTheField() async throws {
        let error = await thrown { try Billing.bill(json: #"{ "catalog": "intl-2024", "edition": "gold", "month": "2024-08" }"#) }
        guard case .InvalidInput(let details) = error as? PlanguardError else {
            return XCTFail("\(String(describing: error))")
        }
        XCTAssertTrue(details.reason.contains("edition"), details.reason)
    }

    func testTheNextActiveUserHasAPrice() throws {
        let next = try Billing.marginalMauPrice(try list, .standard, soFar: 10_000)
        guard case .some(.price(let price)) = next else { return XCTFail("\(String(describing: next))") }
        XCTAssertEqual(price.amount, Decimal(string: "0.015"))
    }

    func testEditionsAreCompared() throws {
        let comparison = try Billing.compare(try list, from: .standard, to: .premium)
        XCTAssertTrue(comparison.featuresGained.contains(.community))
    }

    func testAMoveIsPreviewedAndTheMonthForecast() async throws {
        let planguard = try await open()
        let preview = try planguard.previewChange(to: .premium)
        XCTAssertEqual(preview.to, .premium)
        XCTAssertFalse(preview.explain(.en).isEmpty)
        let forecast = try planguard.forecast()
        XCTAssertEqual(forecast.low.edition, .standard)
        XCTAssertFalse(forecast.explain(.zhHans).isEmpty)
        let unknown = try await open { $0.fallback = nil }
        let error = await thrown { try unknown.forecast() }
        guard case .PlanUnknown = error as? PlanguardError else { return XCTFail("\(String(describing: error))") }
    }

    func testWhatIsReturnedIsWorkedOut() throws {
        let start = try XCTUnwrap(ISO8601DateFormatter().date(from: "2024-08-01T00:00:00Z"))
        let (paid, none) = (Money(amount: 1_197, currency: .usd), Money(amount: 0, currency: .usd))
        let order = Order(item: .plan(.standard), startsAt: start, months: 3, cash: paid, credit: none, voucher: none)
        let request = RefundRequest(
            catalog: try list, orders: [order], basis: .days, zone: "+08:00", now: start.addingTimeInterval(10 * 86_400))
        let refund = try Billing.refund(request)
        XCTAssertEqual(refund.effective.amount, 1_197)
        XCTAssertEqual(refund.refund.amount + refund.used.amount, 1_197)
        XCTAssertGreaterThan(refund.used.amount, 0)
    }
}
