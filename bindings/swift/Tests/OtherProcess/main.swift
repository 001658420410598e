// A second process on a store: the app's notification extension, or the app itself. It is driven by lines on its
// standard input and answers each with one line; it ends with its input.
import Foundation
import Planguard

let arguments = CommandLine.arguments
guard arguments.count == 3, let role = [("app", ProcessRole.app), ("extension", .extension)].first(where: { $0.0 == arguments[2] })?.1
else {
    FileHandle.standardError.write(Data("usage: OtherProcess STORE app|extension\n".utf8))
    exit(2)
}

let planguard: Planguard
do {
    planguard = try await Planguard.open(sdkAppId: 1_400_000_001) {
        $0.store = .file(URL(fileURLWithPath: arguments[1]))
        $0.processRole = role
        $0.fallback = (.intl2024, .standard)
    }
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(3)
}

@Sendable func answer(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

func login(_ user: String, _ intent: LoginIntent) async -> String {
    do {
        let outcome = try await planguard.login(user, intent) {
            answer("calling")
            guard readLine() == "succeed" else { throw ProviderError.provider(code: 6206, text: "no") }
        }
        switch outcome {
        case .executed: return "executed"
        case .joined: return "joined"
        case .alreadyLoggedIn: return "already logged in"
        case .deferred: return "deferred"
        case .shed: return "shed"
        case .denied(let reason, _, _, _): return "denied \(reason)"
        }
    } catch {
        return "error \(error)"
    }
}

answer("ready")
while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    switch words[0] {
    case "push": answer(await login(words[1], .pushWake))
    case "open": answer(await login(words[1], .openChat))
    case "kicked":
        try await planguard.session(words[1]).kickedOff()
        answer("done")
    case "guest": answer(try planguard.stableGuestId)
    case "friends":
        let checks = try planguard.assess(.addFriend(user: words[1], peer: "peer")).checks
        answer(checks.map { String($0.evidence.used) }.joined(separator: ","))
    default: answer("what?")
    }
}
