package io.planguard

import java.lang.ref.WeakReference
import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.launch

/** The streams of events: one for each collector, and one that watches for changes of the entitlements. */
internal class Streams(private val native: NativePlanguardInterface) {
    /** The library's first stream also brings what happened before, so it is kept for the first collector. */
    private val first = AtomicReference<EventStream?>(native.subscribe())

    fun all(): Flow<Next> = flow {
        val stream = first.getAndSet(null) ?: native.subscribe()
        try {
            while (true) emit(stream.next() ?: break)
        } finally {
            stream.stop()
            stream.close()
        }
    }

    fun events(): Flow<Event> = all().mapNotNull { (it as? Next.Happened)?.event }

    /**
     * Marks the table out of date whenever the entitlements change. It holds neither the table nor the guard, so that a
     * guard that nobody closed can be collected.
     */
    fun watch(scope: CoroutineScope, table: AnswerTable) {
        val stream = native.subscribe()
        val watched = WeakReference(table)
        scope.launch {
            try {
                while (true) {
                    val next = stream.next() ?: break
                    val changed = next is Next.Lagged || (next as? Next.Happened)?.event is Event.EntitlementsChanged
                    if (changed) (watched.get() ?: break).outdated()
                }
            } finally {
                stream.close()
            }
        }
    }
}
