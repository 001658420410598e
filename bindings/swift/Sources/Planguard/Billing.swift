import Foundation
import PlanguardFFI

extension Planguard {
    /// What the running month costs, from what the guard knows.
    public func forecast() throws -> Forecast {
        try lower.forecast()
    }

    /// What a move to another edition would do to this app.
    public func previewChange(to edition: EditionId) throws -> ChangePreview {
        try lower.previewChange(to: edition)
    }
}

/// What a month costs, without a guard: everything is passed in.
public enum Billing {
    /// The built-in price lists.
    public static var catalogs: [Catalog] {
        PlanguardFFI.catalogs()
    }

    /// What a month costs.
    public static func bill(_ request: BillRequest) throws -> Bill {
        try PlanguardFFI.bill(request: request)
    }

    /// What a month costs; the request is JSON, as the guide describes it.
    public static func bill(json: String) throws -> Bill {
        try billOfJson(text: json)
    }

    /// Where the month of `request` is going, seen from `date`.
    public static func forecast(_ request: BillRequest, asOf date: Date) throws -> Forecast {
        try PlanguardFFI.forecast(request: request, asOf: date)
    }

    /// What comes back for orders that are returned.
    public static func refund(_ request: RefundRequest) throws -> Refund {
        try PlanguardFFI.refund(request: request)
    }

    /// What one edition has more and less than another.
    public static func compare(_ catalog: Catalog, from: EditionId, to: EditionId) throws -> Comparison {
        try PlanguardFFI.compare(catalog: catalog, from: from, to: to)
    }

    /// What the next active user costs on an edition after `soFar`; `nil` where the price list does not say.
    public static func marginalMauPrice(
        _ catalog: Catalog,
        _ edition: EditionId,
        soFar: UInt64,
        quota: Max? = nil
    ) throws -> Marginal? {
        try PlanguardFFI.marginalMauPrice(catalog: catalog, edition: edition, soFar: soFar, quota: quota)
    }
}
