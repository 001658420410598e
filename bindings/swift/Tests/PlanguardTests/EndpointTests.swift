import Foundation
import Planguard
import XCTest

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// End to end: the reference endpoint as a process of its own, over real connections on loopback.
final class EndpointTests: XCTestCase {
    private struct Reference {
        let process: Peer
        let url: String

        /// Changes the document that is served, or the faults.
        func put(_ path: String, _ json: String) async throws {
            var request = URLRequest(url: try XCTUnwrap(URL(string: url + path)))
            request.httpMethod = "PUT"
            request.setValue("application/json", forHTTPHeaderField: "content-type")
            request.httpBody = Data(json.utf8)
            let status = try await Self.send(request).status
            XCTAssertLessThan(status, 300, path)
        }

        func get(_ path: String) async throws -> Data {
            try await Self.send(URLRequest(url: try XCTUnwrap(URL(string: url + path)))).body
        }

        private static func send(_ request: URLRequest) async throws -> (status: Int, body: Data) {
            try await withCheckedThrowingContinuation { continuation in
                URLSession.shared.dataTask(with: request) { body, response, error in
                    guard let response = response as? HTTPURLResponse else {
                        return continuation.resume(throwing: error ?? URLError(.badServerResponse))
                    }
                    continuation.resume(returning: (response.statusCode, body ?? Data()))
                }.resume()
            }
        }
    }

    private func start(_ arguments: String...) async throws -> Reference {
        let path = try XCTUnwrap(
            ProcessInfo.processInfo.environment["PLANGUARD_ENDPOINT"],
            "PLANGUARD_ENDPOINT names the program of the reference endpoint: cargo build --example billing_endpoint")
        let process = try Peer(URL(fileURLWithPath: path), ["--json", "--until-stdin-closes"] + arguments)
        let line = try await process.line()
        let told = try XCTUnwrap(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        return Reference(process: process, url: try XCTUnwrap(told["url"] as? String))
    }

    private func connect(
        _ endpoint: Reference,
        _ configure: (inout Configuration) -> Void = { _ in }
    ) async throws -> Planguard {
        try await Planguard.open(sdkAppId: app) {
            $0.endpoint = endpoint.url
            configure(&$0)
        }
    }

    private func document(_ endpoint: Reference) async throws -> [String: Any] {
        let body = try await endpoint.get("/v1/apps/\(app)/entitlements")
        return try XCTUnwrap(try JSONSerialization.jsonObject(with: body) as? [String: Any])
    }

    /// Syncs, sees an upgrade, delivers usage events, and keeps the last good copy through an outage.
    private func wholeStory(_ configure: (inout Configuration) -> Void) async throws {
        let endpoint = try await start("--credential", "secret")
        let planguard = try await connect(endpoint) {
            $0.credential = "secret"
            configure(&$0)
        }
        guard case .updatedTo(let first) = try await planguard.sync(.fetch) else { return XCTFail("not updated") }
        XCTAssertEqual(first.edition, .standard)
        XCTAssertEqual(try planguard.entitlements.edition, .standard)
        guard case .notModified = try await planguard.sync(.fetch) else { return XCTFail("not confirmed") }

        try await planguard.login("ada.lovelace", .openChat) {}
        let flushed = try await planguard.flush()
        XCTAssertEqual(flushed.waiting, 0)
        XCTAssertGreaterThan(flushed.delivered, 0)
        let stats = String(decoding: try await endpoint.get("/_stats"), as: UTF8.self)
        XCTAssertTrue(stats.contains("login"), stats)
        XCTAssertFalse(stats.contains("lovelace"), "a user id left the device")

        try await endpoint.put("/_faults", #"[{ "fault": { "status": { "code": 503 } } }]"#)
        let outage = await thrown { try await planguard.sync(.fetch) }
        guard case .TryLater = outage as? PlanguardError else { return XCTFail("\(String(describing: outage))") }
        XCTAssertEqual(try planguard.entitlements.edition, .standard, "the last good copy stays")
        XCTAssertFalse(try planguard.feature(.community).stale)
    }

    func testTheWholeStoryWithTheLibrarysOwnStack() async throws {
        try await wholeStory { _ in }
    }

    func testTheWholeStoryWithTheSystemsStack() async throws {
        try await wholeStory { $0.transport = URLSessionTransport() }
    }

    func testAnUpgradeArrivesAndIsAnEvent() async throws {
        let endpoint = try await start()
        let planguard = try await connect(endpoint)
        try await planguard.sync(.fetch)
        let events = planguard.events
        var changed = try await document(endpoint)
        changed["edition"] = "premium"
        let json = String(decoding: try JSONSerialization.data(withJSONObject: changed), as: UTF8.self)
        try await endpoint.put("/v1/apps/\(app)/entitlements", json)
        try await planguard.sync(.fetch)
        XCTAssertEqual(try planguard.entitlements.edition, .premium)
        var seen = false
        for await event in events {
            if case .entitlementsChanged = event, try planguard.entitlements.edition == .premium {
                seen = true
                break
            }
        }
        XCTAssertTrue(seen)
    }

    func testAWrongCredentialIsACredentialErrorAndNotSentAgain() async throws {
        let endpoint = try await start("--credential", "secret")
        // Not with the system's stack on Linux: Foundation ends the process there on a 401 that asks for a bearer.
        #if os(Linux)
        let transports: [URLSessionTransport?] = [nil]
        #else
        let transports = [nil, URLSessionTransport()]
        #endif
        for transport in transports {
            let planguard = try await connect(endpoint) {
                $0.credential = "wrong"
                $0.transport = transport
            }
            for _ in 0..<2 {
                let error = await thrown { try await planguard.sync(.fetch) }
                guard case .Credential = error as? PlanguardError else {
                    return XCTFail("\(String(describing: error))")
                }
                XCTAssertFalse("\(String(describing: error))".contains("wrong"))
            }
        }
    }

    func testAnswersThatAreNoneAreErrorsAndTheCopyStays() async throws {
        let endpoint = try await start()
        for transport in [nil, URLSessionTransport()] {
            let planguard = try await connect(endpoint) { $0.transport = transport }
            try await planguard.sync(.fetch)
            for fault in [#""garbage""#, #""cut_off""#, #""oversize""#, #"{ "redirect": "http://127.0.0.1:1/" }"#] {
                try await endpoint.put("/_faults", "[{ \"fault\": \(fault), \"on\": \"get\" }]")
                let error = await thrown { try await planguard.sync(.fetch) }
                XCTAssertNotNil(error as? PlanguardError, fault)
                XCTAssertEqual(try planguard.entitlements.edition, .standard)
            }
            try await endpoint.put("/_faults", "[]")
        }
    }

    func testTheSystemsStackReadsNoFurtherThanItMay() async throws {
        let endpoint = try await start()
        let request = Request(method: "GET", url: "\(endpoint.url)/v1/apps/\(app)/entitlements", headers: [], body: Data())
        let error = await thrown { try await URLSessionTransport().send(request: request, maxBodyBytes: 10) }
        guard case .TooLarge(10) = error as? TransportError else { return XCTFail("\(String(describing: error))") }
    }

    func testARequestOfTheSystemsStackEndsWithItsTask() async throws {
        let endpoint = try await start("--hang")
        let request = Request(method: "GET", url: "\(endpoint.url)/v1/apps/\(app)/entitlements", headers: [], body: Data())
        for beforeItBegan in [true, false] {
            let (gate, transport) = (Gate(), URLSessionTransport())
            let task = Task {
                if beforeItBegan { await gate.wait() }
                return try await transport.send(request: request, maxBodyBytes: 1_000)
            }
            if !beforeItBegan { await Task.yield() }
            task.cancel()
            gate.open()
            let result = await task.result
            guard case .failure = result else { return XCTFail("\(result)") }
        }
    }

    func testAStartOfflineDecidesOnWhatWasStored() async throws {
        let store = try folder(self).appendingPathComponent("planguard.db")
        let endpoint = try await start()
        let online = try await connect(endpoint) { $0.store = .file(store) }
        try await online.sync(.fetch)
        let community = try online.feature(.community)
        online.shutdown()
        endpoint.process.stop()

        let offline = try await connect(endpoint) { $0.store = .file(store) }
        XCTAssertEqual(try offline.entitlements.edition, .standard)
        XCTAssertEqual(try offline.feature(.community), community)
        let error = await thrown { try await offline.sync(.fetch) }
        guard case .TryLater = error as? PlanguardError else { return XCTFail("\(String(describing: error))") }
        XCTAssertEqual(try offline.check(.addFriend(user: "ada", peer: "bob")).decision, .allowed)
    }

    func testUpkeepSyncsByItself() async throws {
        let endpoint = try await start()
        let planguard = try await connect(endpoint)
        let events = planguard.events
        let upkeep = Task { try await planguard.keepFresh(every: 60) }
        for await event in events {
            if case .entitlementsChanged = event { break }
        }
        XCTAssertEqual(try planguard.entitlements.edition, .standard)
        upkeep.cancel()
        _ = await upkeep.result
    }
}
