package io.planguard

import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CharacterCodingException

/** What is handed to the library: where it cannot cross, the error names it and has a remedy. */
internal object Argument {
    /** What it is called where its place has no name. */
    private const val UNNAMED = "argument"

    /** Has [write] write what is called [field]. */
    inline fun <T> of(field: String, write: () -> T): T = try {
        write()
    } catch (unnamed: PlanguardException.InvalidInput) {
        throw named(field, unnamed)
    }

    fun named(field: String, error: PlanguardException.InvalidInput): PlanguardException.InvalidInput {
        val details = error.details
        if (details.fieldName != UNNAMED) return error
        return error(field, details.reason.removePrefix(UNNAMED))
    }

    /** The error of an argument; [reason] goes on after its name. */
    fun refused(reason: String): PlanguardException.InvalidInput = error(UNNAMED, reason)

    /** A text as the library takes it. One that was cut in the middle of a character is not shown: it may hold a secret. */
    fun utf8(text: String): ByteBuffer = try {
        Charsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text))
    } catch (_: CharacterCodingException) {
        throw refused(": the text has half of a surrogate pair; cut texts between characters")
    }

    private fun error(field: String, reason: String): PlanguardException.InvalidInput {
        val explanation = Explanation(en = "$field$reason.", zhHans = "参数 $field 无法使用，请更正后重试")
        return PlanguardException.InvalidInput(ErrorDetails("argument", field, field + reason, explanation))
    }
}
