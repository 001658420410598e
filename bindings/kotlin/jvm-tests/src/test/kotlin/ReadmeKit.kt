import io.planguard.Planguard
import io.planguard.testing.ManualClock
import io.planguard.testing.ScriptedEndpoint
import java.time.Duration
import java.time.Instant
import java.time.YearMonth
import kotlinx.coroutines.runBlocking

fun whenTheMonthTurns(): Unit = runBlocking {
    val clock = ManualClock(Instant.parse("2024-08-31T15:59:00Z"))
    val guard = Planguard.open(1_400_000_001) {
        this.clock = clock
        endpoint = "https://billing.example.com"
        transport = ScriptedEndpoint().offline()
    }
    check(guard.billingMonth() == YearMonth.of(2024, 8))
    clock.advance(Duration.ofMinutes(2))
    check(guard.billingMonth() == YearMonth.of(2024, 9))
    guard.close()
}
