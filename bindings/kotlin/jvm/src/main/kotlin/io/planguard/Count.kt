package io.planguard

/** Numbers on their way into the library, which counts from zero. */
internal object Count {
    fun checked(value: Long, most: Long): Long = if (value in 0..most) value else throw refused(value, most)

    fun checked(value: Int, most: Int): Int = checked(value.toLong(), most.toLong()).toInt()

    private fun refused(value: Long, most: Long) = Argument.refused(
        if (value < 0) ": $value is below zero; pass a number from 0 on"
        else ": $value is above $most; pass a number from 0 to $most",
    )
}
