package io.planguard.sample

import io.planguard.Action
import io.planguard.Catalog
import io.planguard.Edition
import io.planguard.Event
import io.planguard.Feature
import io.planguard.INTL_2024
import io.planguard.Locale
import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.Performed
import io.planguard.Planguard
import io.planguard.PlanguardException
import io.planguard.ProviderException
import io.planguard.Remedy
import io.planguard.testing.FailingStore
import io.planguard.testing.ScriptedEndpoint
import java.io.File
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking

/** A chat app's day: it goes through objects, callbacks, errors and flows, so that a minified one that starts also works. */
public fun main(args: Array<String>): Unit = runBlocking {
    val guard = Planguard.open(sdkAppId = 1_400_000_001) {
        store = file(File(args[0], "planguard.db"))
        transport = ScriptedEndpoint().offline()
        endpoint = "https://billing.example.com"
        credentials { "token" }
        fallback(Catalog.INTL_2024, Edition.STANDARD)
    }
    guard.use {
        val gate = guard.feature(Feature.COMMUNITY)
        println("communities: ${gate.granted}, ${gate.explain(Locale.EN)}")
        val edition = guard.explainFeature(Feature.COMMUNITY).remedies.filterIsInstance<Remedy.ChangeEdition>().first()
        println("way out: ${edition.to} for ${edition.extraPerMonth?.amount} more a month")

        println("push: ${name(guard.login("ada", LoginIntent.PushWake) {})}")
        println("chat: ${name(guard.login("ada", LoginIntent.OpenChat) {})}")
        println("event: ${guard.events.first { it is Event.LoginExecuted }.asStr()}")

        println("friend: ${guard.perform(Action.AddFriend("ada", "bob")) {} is Performed.Done}")
        val refused = guard.perform(Action.AddFriend("ada", "eve")) { throw ProviderException.Answered(30010, "full") }
        println("refused: ${(refused as Performed.ByProvider).rejection.code}")

        try {
            guard.sync(io.planguard.FetchPolicy.FETCH)
        } catch (later: PlanguardException.TryLater) {
            println("sync: ${later.details.word}")
        }
    }
    val own = Planguard.open(sdkAppId = 1_400_000_001) { store = host(FailingStore()) }
    own.use { println("own store: ${name(own.login("ada", LoginIntent.OpenChat) {})}") }
}

private fun name(outcome: LoginOutcome): String = when (outcome) {
    is LoginOutcome.Executed -> "logged in"
    is LoginOutcome.Deferred -> "put off"
    else -> "something else"
}
