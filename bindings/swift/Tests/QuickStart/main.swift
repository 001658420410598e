import Planguard

let planguard = try await Planguard.open(sdkAppId: 1_400_000_001) { $0.fallback = (.intl2024, .standard) }

print(try planguard.feature(.community).explain(.en))

let performed = try await planguard.perform(.addFriend(user: "ada", peer: "bob")) {
    // The chat SDK's own call goes here.
}
print(performed.explain(.en) ?? "Bob was added.")

// A push is no reason to make an active user; a person who opens chat is.
for intent in [LoginIntent.pushWake, .openChat] {
    let outcome = try await planguard.login("ada", intent) {
        // The chat SDK's own login goes here.
    }
    print(outcome.explain(.en))
}
