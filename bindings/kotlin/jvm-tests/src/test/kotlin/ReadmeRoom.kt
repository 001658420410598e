import io.planguard.*

fun roomFor(guard: Planguard, members: Long): String {
    val verdict = guard.check(Action.AddMembers("group", GroupType.WORK, members))
    return verdict.explain(Locale.ZH_HANS)
}
