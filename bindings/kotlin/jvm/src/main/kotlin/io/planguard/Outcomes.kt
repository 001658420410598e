@file:JvmName("Outcomes")

package io.planguard

/** Runs [block] with why the plan has no room for the action; the chat SDK was not called. */
public inline fun Performed.onDenied(block: (Assessment) -> Unit): Performed {
    if (this is Performed.ByPlan) block(assessment)
    return this
}

/** Runs [block] with what the provider's refusal means. */
public inline fun Performed.onRejected(block: (Rejection) -> Unit): Performed {
    if (this is Performed.ByProvider) block(rejection)
    return this
}

/** Runs [block] if the action was carried out. */
public inline fun Performed.onDone(block: () -> Unit): Performed {
    if (this is Performed.Done) block()
    return this
}

/** Whether the user is logged in now. */
public val LoginOutcome.loggedIn: Boolean
    get() = this is LoginOutcome.Executed || this is LoginOutcome.Joined || this is LoginOutcome.AlreadyLoggedIn

/** Whether the action may go ahead: it is allowed, or warned of. */
public val Verdict.mayProceed: Boolean get() = decision != Decision.DENIED
