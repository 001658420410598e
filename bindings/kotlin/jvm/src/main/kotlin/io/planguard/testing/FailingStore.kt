package io.planguard.testing

import io.planguard.HostException
import io.planguard.HostImage
import io.planguard.HostStore
import io.planguard.Replaced

/** A store in memory that fails while a test wants it to. It keeps what it held. Share it to play a relaunch. */
public class FailingStore : HostStore {
    private var held: HostImage? = null

    /** Whether every call fails. */
    @Volatile
    public var failing: Boolean = false

    override suspend fun load(known: Long): HostImage? {
        if (failing) throw HostException.Unavailable()
        return synchronized(this) {
            val image = held
            when {
                image == null -> if (known == 0L) null else HostImage(0L, ByteArray(0))
                image.version == known -> null
                else -> image
            }
        }
    }

    override suspend fun replace(expected: Long, content: ByteArray): Replaced {
        if (failing) throw HostException.Unavailable()
        return synchronized(this) {
            if ((held?.version ?: 0L) != expected) return Replaced.CONFLICT
            held = HostImage(expected + 1L, content)
            Replaced.REPLACED
        }
    }
}
