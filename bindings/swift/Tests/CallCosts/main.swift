// What a call costs, beside an empty exported call. The README has the command.
import CPlanguard
import Foundation
import Planguard

let planguard = try await Planguard.open(sdkAppId: 1_400_000_001) { $0.fallback = (.intl2024, .standard) }
try await planguard.login("ada", .openChat) {}
let community = try planguard.feature(.community)
let add = Action.addFriend(user: "ada", peer: "bob")
let session = planguard.session("ada")

/// The median of eleven rounds, in nanoseconds a call.
func cost(_ calls: Int, _ work: () async throws -> Void) async rethrows -> Double {
    var rounds: [Double] = []
    for _ in 0..<11 {
        let start = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<calls { try await work() }
        rounds.append(Double(DispatchTime.now().uptimeNanoseconds - start) / Double(calls))
    }
    return rounds.sorted()[5]
}

func show(_ name: String, _ nanoseconds: Double) {
    print(name.padding(toLength: 36, withPad: " ", startingAt: 0), String(format: "%9.0f ns", nanoseconds))
}

show("an empty exported call", await cost(50_000) { _ = ffi_planguard_uniffi_contract_version() })
show("isShutDown", await cost(50_000) { _ = planguard.isShutDown })
show("feature", try await cost(50_000) { _ = try planguard.feature(.community) })
show("check (two ids cross)", try await cost(20_000) { _ = try planguard.check(add) })
show("session.state", try await cost(20_000) { _ = try session.state })
show("explain (a text comes back)", await cost(20_000) { _ = community.explain(.en) })
show("explainFeature (with evidence)", try await cost(2_000) { _ = try planguard.explainFeature(.community) })
show("login of who is logged in (async)", try await cost(2_000) { try await planguard.login("ada", .openChat) {} })
