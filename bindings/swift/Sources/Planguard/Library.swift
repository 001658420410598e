import PlanguardFFI

/// Why the library under this package cannot be used.
public enum LibraryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It was built from another version than this package. Take both from one release, and clean the build folder.
    ///
    /// - Parameters:
    ///   - library: what it says that it is; `nil` where it cannot be asked
    ///   - package: the version of this package
    case anotherVersion(library: String?, package: String)

    /// One line in English, with both versions and the remedy.
    public var description: String {
        let what =
            switch self {
            case .anotherVersion(nil, let package):
                "speaks another version of the contract between the two than planguard \(package)"
            case .anotherVersion(let library?, let package) where library == package:
                "says that it is planguard \(package), as the Swift package does, and differs from it in its calls"
            case .anotherVersion(let library?, let package):
                "is planguard \(library), and the Swift package is planguard \(package)"
            }
        return "the native library \(what): take both from one release, and clean the build folder"
    }
}

/// Fails where the library is of another version: any other call of it would end the process.
func checkLibrary() throws {
    let version = libraryVersion()
    guard libraryMatches(), version == packageVersion else {
        throw LibraryError.anotherVersion(library: version, package: packageVersion)
    }
}
