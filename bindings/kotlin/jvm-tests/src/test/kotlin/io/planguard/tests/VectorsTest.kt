package io.planguard.tests

import io.planguard.Action
import io.planguard.BillRequest
import io.planguard.Catalog
import io.planguard.Decision
import io.planguard.DecisionPolicy
import io.planguard.Enforcement
import io.planguard.FeatureDecision
import io.planguard.Locale
import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.LoginPolicy
import io.planguard.Max
import io.planguard.MonthUsage
import io.planguard.Observation
import io.planguard.Performed
import io.planguard.Planguard
import io.planguard.PlanguardException
import io.planguard.ProviderException
import io.planguard.SessionMode
import io.planguard.bill
import io.planguard.parseFeature
import io.planguard.parseGroupType
import io.planguard.testing.FailingStore
import io.planguard.testing.ManualClock
import java.io.File
import java.time.Duration
import java.time.OffsetDateTime
import java.time.YearMonth
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** The cases that every language answers alike: `tests/vectors/`, whose README says what they mean. */
class VectorsTest {
    private val folder = File(System.getProperty("planguard.root"), "../../tests/vectors")
    private val files = folder.listFiles { file -> file.extension == "json" }.orEmpty().sorted()

    @Test
    fun `every file is there`() {
        val names = listOf("bills", "checks", "explanations", "features", "lifecycle", "logins")
        assertEquals(names, files.map { it.nameWithoutExtension })
    }

    @TestFactory
    fun cases(): List<DynamicTest> = files.flatMap { file ->
        val cases = Json.parseToJsonElement(file.readText()).jsonObject.getValue("cases").jsonArray
        assertTrue(cases.isNotEmpty(), file.name)
        cases.map { it.jsonObject }.map { case ->
            DynamicTest.dynamicTest("${file.nameWithoutExtension}: ${case.text("name")}") { test { run(case) } }
        }
    }

    private suspend fun run(case: JsonObject) {
        val world = World(case)
        world.open()
        case.getValue("steps").jsonArray.forEachIndexed { number, step ->
            val answer = world.take(step.jsonObject)
            for ((field, expected) in step.jsonObject["expect"]?.jsonObject.orEmpty()) {
                assertEquals(expected.jsonPrimitive.content, answer[field]?.toString(), "step ${number + 1}: $field")
            }
        }
        world.guard.close()
    }
}

/** One guard of a case, and the steps it takes. */
private class World(private val case: JsonObject) {
    private val clock = ManualClock(OffsetDateTime.parse(case.text("now")).toInstant())
    private val kept = FailingStore()
    lateinit var guard: Planguard

    suspend fun open() {
        guard = Planguard.open(APP) {
            store = host(kept)
            this.clock = this@World.clock
            case["plan"]?.jsonObject?.let { fallback(it.text("catalog"), it.text("edition")) }
            case["document"]?.jsonObject?.let {
                val dated = JsonObject(mapOf<String, JsonElement>("issued_at" to JsonPrimitive(case.text("now"))) + it)
                seed = dated.toString().encodeToByteArray()
            }
            if (case["multi_user"]?.jsonPrimitive?.boolean == true) sessionMode = SessionMode.MULTI_USER
            if (case["enforce"]?.jsonPrimitive?.boolean == true) {
                decisions = DecisionPolicy(allLimits = Enforcement.ENFORCE, onStale = Enforcement.ENFORCE)
            }
            case["mau_budget"]?.jsonPrimitive?.let {
                logins = LoginPolicy(mauBudget = it.long, onBudget = Enforcement.ENFORCE)
            }
        }
    }

    suspend fun take(step: JsonObject): Map<String, Any?> = when {
        "feature" in step -> feature(guard.feature(parseFeature(step.text("feature"))))
        "check" in step -> check(action(step.getValue("check").jsonObject))
        "perform" in step -> perform(action(step.getValue("perform").jsonObject), step.int("code"))
        "record" in step -> none { guard.record(action(step.getValue("record").jsonObject)) }
        "observe" in step -> none { guard.observe(observation(step.getValue("observe").jsonObject)) }
        "login" in step -> login(step.text("login"), intent(step.text("intent")), step.int("code"))
        "session" in step -> none { session(step.text("session"), step.text("event")) }
        "lifecycle" in step -> mapOf("state" to guard.lifecycle().asStr())
        "bill" in step -> bill(step)
        "advance" in step -> none { clock.advance(Duration.ofSeconds(step.getValue("advance").jsonPrimitive.long)) }
        "restart" in step -> none {
            guard.flush()
            guard.close()
            open()
        }
        else -> error("no step is known by one of ${step.keys}")
    }

    private inline fun none(work: () -> Unit): Map<String, Any?> {
        work()
        return emptyMap()
    }

    private fun feature(decision: FeatureDecision) =
        mapOf("granted" to decision.granted, "reason" to decision.reason.asStr()) + texts(decision::explain)

    private fun check(action: Action): Map<String, Any?> {
        val verdict = guard.check(action)
        val tightest = verdict.tightest
        val max = tightest?.max?.let { if (it is Max.Of) it.v1.toString() else "unlimited" }
        return mapOf(
            "allowed" to (verdict.decision != Decision.DENIED),
            "reason" to verdict.reason.asStr(),
            "limit" to tightest?.limit?.asStr(),
            "used" to tightest?.used,
            "max" to max,
            "fits" to tightest?.fits,
        ) + texts(verdict::explain)
    }

    private suspend fun perform(action: Action, code: Int): Map<String, Any?> {
        var calls = 0
        val performed = guard.perform(action) {
            calls += 1
            if (code != 0) throw ProviderException.Answered(code, "")
        }
        return mapOf("done" to (performed is Performed.Done), "calls" to calls)
    }

    private suspend fun login(user: String, intent: LoginIntent, code: Int): Map<String, Any?> {
        var calls = 0
        val outcome = try {
            guard.login(user, intent) {
                calls += 1
                if (code != 0) throw ProviderException.Answered(code, "")
            }
        } catch (failed: PlanguardException.Login) {
            val kind = failed.failure.failureClass.asStr()
            return mapOf("outcome" to "failed", "class" to kind, "calls" to calls) + texts(failed::explain)
        }
        val reason = when (outcome) {
            is LoginOutcome.Deferred -> outcome.reason.asStr()
            is LoginOutcome.Denied -> outcome.reason.asStr()
            else -> null
        }
        val new = (outcome as? LoginOutcome.Executed)?.mau?.newInMonth
        return mapOf("outcome" to outcome.asStr(), "reason" to reason, "new_in_month" to new, "calls" to calls) +
            texts(outcome::explain)
    }

    private suspend fun session(user: String, event: String) = guard.session(user).use {
        when (event) {
            "connected" -> it.connected()
            "disconnected" -> it.disconnected()
            "kicked_off" -> it.kickedOff()
            "user_sig_expired" -> it.userSigExpired()
            "logged_out" -> it.loggedOut()
            else -> error("no event is known as $event")
        }
    }

    private fun bill(step: JsonObject): Map<String, Any?> {
        val usage = step.getValue("usage").jsonObject.mapValues { it.value.jsonPrimitive.long }
        val request = BillRequest(
            catalog = Catalog.builtIn(step.text("catalog")),
            edition = step.text("edition"),
            month = YearMonth.parse(step.text("bill")),
            zone = "+08:00",
            usage = MonthUsage(usage["mau"], usage["peak_dau"], usage["peak_groups"]),
            limits = emptyMap(),
        )
        val total = bill(request).total
        return mapOf("total" to total?.amount?.toPlainString(), "currency" to total?.currency?.name)
    }

    private fun texts(explain: (Locale) -> String) =
        mapOf("en" to explain(Locale.EN), "zh-Hans" to explain(Locale.ZH_HANS))
}

private fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

private fun JsonObject.int(name: String): Int = getValue(name).jsonPrimitive.int

private fun JsonObject.count(name: String): Long = getValue(name).jsonPrimitive.long

private fun action(of: JsonObject): Action = when (val type = of.text("type")) {
    "add_friend" -> Action.AddFriend(of.text("user"), of.text("peer"))
    "remove_friend" -> Action.RemoveFriend(of.text("user"), of.text("peer"))
    "add_members" -> Action.AddMembers(of.text("group"), parseGroupType(of.text("kind")), of.count("count"))
    else -> error("no action is known as $type")
}

private fun observation(of: JsonObject): Observation = when (val type = of.text("type")) {
    "friends" -> Observation.Friends(of.text("user"), of.count("count"))
    "groups" -> Observation.Groups(of.text("user"), of.count("count"))
    "group" -> Observation.Group(of.text("group"), of.count("members"), null)
    else -> error("no observation is known as $type")
}

private fun intent(word: String): LoginIntent = when (word) {
    "open_chat" -> LoginIntent.OpenChat
    "app_launch" -> LoginIntent.AppLaunch
    "reconnect" -> LoginIntent.Reconnect
    "push_wake" -> LoginIntent.PushWake
    "prefetch" -> LoginIntent.Prefetch
    "view_only" -> LoginIntent.ViewOnly
    "renew_user_sig" -> LoginIntent.RenewUserSig
    "after_kick" -> LoginIntent.AfterKick(confirmed = false)
    "after_kick_confirmed" -> LoginIntent.AfterKick(confirmed = true)
    else -> error("no intent is known as $word")
}
