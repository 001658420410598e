package io.planguard.tests

import io.planguard.Action
import io.planguard.LoginIntent
import io.planguard.LoginOutcome
import io.planguard.ProcessRole
import java.io.File
import kotlinx.coroutines.runBlocking

/** Another process on the same store: the app's notification extension. It does what its standard input says, line by line. */
internal object Child {
    @JvmStatic
    fun main(args: Array<String>) = runBlocking {
        standard { store = file(args[0]); processRole = ProcessRole.EXTENSION }.use { guard ->
            println("open")
            for (line in generateSequence(::readLine)) {
                val words = line.split(' ')
                when (words[0]) {
                    "login" -> {
                        val outcome = guard.login(words[1], LoginIntent.OpenChat) { File(words[2]).appendText("x") }
                        println((outcome as? LoginOutcome.Executed)?.let { "executed" } ?: "other")
                    }
                    "kick" -> {
                        guard.session(words[1]).use { it.kickedOff() }
                        println("kicked")
                    }
                    "friend" -> {
                        guard.record(Action.AddFriend(words[1], words[2]))
                        println("recorded")
                    }
                }
            }
        }
    }
}
