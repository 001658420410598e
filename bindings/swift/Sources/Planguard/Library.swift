import PlanguardFFI

/// Why the library under this package cannot be used.
public enum LibraryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It was built from another version than this package. Take both from one release, and clean the build folder.
    case anotherVersion

    /// One line in English, with the remedy.
    public var description: String {
        "the planguard library is of another version than the Swift package: take both from one release, and clean the "
            + "build folder"
    }
}

/// Fails where the library is of another version: any other call of it would end the process.
func checkLibrary() throws {
    guard libraryMatches() else { throw LibraryError.anotherVersion }
}
