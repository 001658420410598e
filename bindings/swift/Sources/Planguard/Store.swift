import Foundation
import PlanguardFFI

/// Where a guard keeps its state.
public struct Store: Sendable {
    enum Place: Sendable {
        case memory
        case file(URL)
        case made(folder: @Sendable () throws -> URL, name: String)
        case host(any HostStore)
    }

    let place: Place

    /// In memory, which forgets with the process. For tests and previews.
    public static let memory = Store(place: .memory)

    /// In this file. Its folder must exist and lie on a local disk.
    public static func file(_ url: URL) -> Store {
        Store(place: .file(url))
    }

    /// In a file of this name in the app's Application Support folder, which is created.
    public static func applicationSupport(_ name: String = "planguard.db") -> Store {
        Store(place: .made(folder: {
            try FileManager.default.url(
                for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        }, name: name))
    }

    #if canImport(Darwin)
    /// In a file of this name in the folder of an app group, which the app and its extensions share. Give each process
    /// its ``Configuration/processRole``.
    public static func appGroup(_ group: String, _ name: String = "planguard.db") -> Store {
        Store(place: .made(folder: {
            let manager = FileManager.default
            guard let folder = manager.containerURL(forSecurityApplicationGroupIdentifier: group) else {
                throw StoreFolderError.noAppGroup(group)
            }
            return folder
        }, name: name))
    }
    #endif

    /// In a store of the app's own.
    public static func host(_ store: any HostStore) -> Store {
        Store(place: .host(store))
    }

    func path() throws -> String? {
        switch place {
        case .memory, .host: nil
        case .file(let url): url.path
        case .made(let folder, let name): try folder().appendingPathComponent(name).path
        }
    }
}

/// Why the folder of a store is not there.
public enum StoreFolderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The process has no access to this app group: add it to the entitlements of the app and of the extension.
    case noAppGroup(String)

    /// One line in English, with the remedy.
    public var description: String {
        switch self {
        case .noAppGroup(let group):
            "store: no access to the app group \(group); add it to the entitlements of this target"
        }
    }
}
