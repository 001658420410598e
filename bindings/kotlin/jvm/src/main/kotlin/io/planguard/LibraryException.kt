package io.planguard

import com.sun.jna.Function
import com.sun.jna.Library
import com.sun.jna.NativeLibrary

/**
 * The native library under this package cannot be used: it is missing, or was built from another version than the
 * classes. Take both from one release.
 */
public class LibraryException internal constructor(
    message: String,
    /** The version of the classes. */
    public val packageVersion: String,
    /** The version of the library; `null` where it could not be asked. */
    public val libraryVersion: String?,
    cause: Throwable?,
) : IllegalStateException(message, cause)

/** Looks at the library before the first call: a call of one of another version would end the process. */
internal object NativeLibraryCheck {
    private const val REMEDY = "add planguard again, with classes and native library from one release, and build anew"

    private val failure: LibraryException? = look()

    /** Throws where the library cannot be used. It costs the read of a field. */
    fun require() {
        failure?.let { throw LibraryException(it.message.orEmpty(), it.packageVersion, it.libraryVersion, it.cause) }
    }

    private fun look(): LibraryException? {
        val library = try {
            val name = System.getProperty("uniffi.component.planguard.libraryOverride") ?: "planguard"
            val loader = mapOf(Library.OPTION_CLASSLOADER to NativeLibraryCheck::class.java.classLoader)
            NativeLibrary.getInstance(name, loader)
        } catch (missing: LinkageError) {
            return refused("the native library of planguard $PACKAGE_VERSION cannot be loaded", null, missing)
        }
        val contract = library.function("ffi_planguard_uniffi_contract_version")?.invokeInt(arrayOf())
            ?: return refused("the library that was loaded as planguard is none", null, null)
        if (contract != CONTRACT_VERSION) {
            val both = "the native library speaks version $contract of the contract between the two, planguard " +
                "$PACKAGE_VERSION speaks version $CONTRACT_VERSION"
            return refused(both, null, null)
        }
        val version = version(library)
        if (version != PACKAGE_VERSION) {
            val its = version?.let { "planguard $it" } ?: "an unknown version"
            return refused("the native library is of $its, the classes are of planguard $PACKAGE_VERSION", version, null)
        }
        return try {
            uniffiEnsureInitialized()
            null
        } catch (other: Throwable) {
            val both = "the native library and the classes say that they are planguard $version, and differ in their calls"
            refused(both, version, other.cause ?: other)
        }
    }

    private fun refused(what: String, libraryVersion: String?, cause: Throwable?) =
        LibraryException("$what; $REMEDY", PACKAGE_VERSION, libraryVersion, cause)

    /** What the library says of itself: this one call is the same in every version of planguard. */
    private fun version(library: NativeLibrary): String? {
        val ask = library.function("uniffi_planguard_fn_func_version") ?: return null
        val free = library.function("ffi_planguard_rustbuffer_free") ?: return null
        val status = UniffiRustCallStatus()
        val text = ask.invoke(RustBuffer.ByValue::class.java, arrayOf(status)) as RustBuffer.ByValue
        if (!status.isSuccess()) return null
        try {
            return text.data?.getByteArray(0, text.len.toInt())?.toString(Charsets.UTF_8)
        } finally {
            free.invoke(Void.TYPE, arrayOf(text, UniffiRustCallStatus()))
        }
    }

    private fun NativeLibrary.function(name: String): Function? = try {
        getFunction(name)
    } catch (_: UnsatisfiedLinkError) {
        null
    }
}
