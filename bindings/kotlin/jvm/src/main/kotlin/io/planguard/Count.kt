package io.planguard

/** Numbers on their way into the library, which counts from zero. */
internal object Count {
    /** What a number is called where its place has no name. */
    private const val UNNAMED = "count"

    fun checked(value: Long, most: Long): Long = if (value in 0..most) value else throw refused(UNNAMED, value, most)

    fun checked(value: Int, most: Int): Int = checked(value.toLong(), most.toLong()).toInt()

    /** Has [write] write numbers that are called [field]. */
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

    private fun refused(field: String, value: Long, most: Long) = error(
        field,
        if (value < 0) ": $value is below zero; pass a number from 0 on"
        else ": $value is above $most; pass a number from 0 to $most",
    )

    private fun error(field: String, reason: String): PlanguardException.InvalidInput {
        val explanation = Explanation(en = "$field$reason.", zhHans = "参数 $field 无法使用，请更正后重试")
        return PlanguardException.InvalidInput(ErrorDetails("argument", field, field + reason, explanation))
    }
}
