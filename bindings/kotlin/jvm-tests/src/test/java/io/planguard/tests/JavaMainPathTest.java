package io.planguard.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.planguard.Action;
import io.planguard.Assessment;
import io.planguard.Begun;
import io.planguard.Bill;
import io.planguard.BillRequest;
import io.planguard.Catalog;
import io.planguard.CatalogIds;
import io.planguard.Decision;
import io.planguard.DecisionPolicy;
import io.planguard.Done;
import io.planguard.Edition;
import io.planguard.EffectiveLimit;
import io.planguard.Enforcement;
import io.planguard.Event;
import io.planguard.Explain;
import io.planguard.Feature;
import io.planguard.FetchPolicy;
import io.planguard.Flushed;
import io.planguard.GroupType;
import io.planguard.LimitId;
import io.planguard.LoginIntent;
import io.planguard.LoginOutcome;
import io.planguard.LoginPolicy;
import io.planguard.Max;
import io.planguard.MonthUsage;
import io.planguard.Observation;
import io.planguard.OpenSettings;
import io.planguard.Performed;
import io.planguard.Planguard;
import io.planguard.PlanguardException;
import io.planguard.PlanguardFutures;
import io.planguard.PlanguardKt;
import io.planguard.Reservation;
import io.planguard.Response;
import io.planguard.Verdict;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An app in Java, from opening to closing: numbers, variants and callbacks as Java has them. */
class JavaMainPathTest {
    private static final long APP = 1_400_000_001L;

    @TempDir
    Path folder;

    private static PlanguardFutures open(Consumer<OpenSettings> more) throws Exception {
        return PlanguardFutures.open(APP, settings -> {
            settings.fallback(CatalogIds.INTL_2024, Edition.STANDARD);
            more.accept(settings);
        }).get();
    }

    @Test
    void aDayOfAnApp() throws Exception {
        Consumer<OpenSettings> settings = chosen -> {
            chosen.setStore(chosen.file(folder.resolve("planguard.db").toFile()));
            chosen.setDecisions(new DecisionPolicy(null, null, null, Enforcement.ENFORCE, Enforcement.ENFORCE));
            chosen.setLogins(new LoginPolicy(null, null, 9_000L));
            chosen.setPermitTtl(Duration.ofMinutes(5));
            chosen.setOutboxCapacity(500L);
        };
        CompletableFuture<Event> heard = new CompletableFuture<>();
        try (PlanguardFutures futures = open(settings);
                AutoCloseable listening = futures.onEvent(event -> {
                    if (event instanceof Event.LoginExecuted) heard.complete(event);
                })) {
            Planguard guard = futures.getGuard();
            assertFalse(guard.feature(Feature.COMMUNITY).getGranted());
            EffectiveLimit limit = guard.limit(LimitId.MEMBERS_PER_GROUP);
            assertEquals(200L, ((Max.Of) limit.getMax()).getV1());

            Action tooMany = new Action.AddMembers("g1", GroupType.WORK, 260L);
            Assessment assessment = guard.assess(tooMany);
            assertEquals(200L, assessment.getChecks().get(0).getFits());
            Performed denied = futures.perform(tooMany, () -> CompletableFuture.failedFuture(new AssertionError())).get();
            assertFalse(Explain.explain(((Performed.ByPlan) denied).getAssessment()).isBlank());

            // A chat SDK with callbacks that answers twice, from a thread of its own.
            Performed added = futures.performByCallback(new Action.AddFriend("ada", "bob"), callback -> new Thread(() -> {
                callback.onSuccess();
                callback.onError(30010, "late");
            }).start()).get();
            assertEquals(Performed.Done.INSTANCE, added);
            Verdict next = guard.check(new Action.AddFriend("ada", "eve"));
            assertEquals(Decision.ALLOWED, next.getDecision());
            assertEquals(1L, next.getTightest().getAtLeast());
            assertEquals(0L, next.getTightest().getReserved());

            LoginOutcome opened = futures.loginByCallback(
                    "ada", LoginIntent.OpenChat.INSTANCE, callback -> new Thread(callback::onSuccess).start()).get();
            assertTrue(((LoginOutcome.Executed) opened).getMau().getNewInMonth());
            assertInstanceOf(Event.LoginExecuted.class, heard.get());
            assertEquals(1L, futures.loginReport(guard.billingMonth()).get().getActiveUsers());

            futures.kickedOff("ada").get();
            LoginOutcome pushed = futures.login("ada", LoginIntent.PushWake.INSTANCE, JavaMainPathTest::ok).get();
            assertInstanceOf(LoginOutcome.Denied.class, pushed);
            assertInstanceOf(
                    LoginOutcome.Executed.class,
                    futures.login("ada", new LoginIntent.AfterKick(true), JavaMainPathTest::ok).get());
            Flushed flushed = futures.flush().get();
            assertEquals(0L, flushed.getDelivered());
        }
        // What was counted is on the disk.
        try (PlanguardFutures futures = open(settings)) {
            assertEquals(1L, futures.getGuard().check(new Action.AddFriend("ada", "eve")).getTightest().getAtLeast());
        }
    }

    @Test
    void aPartOfAnActionAndPermits() throws Exception {
        try (PlanguardFutures futures = open(settings -> {})) {
            futures.observe(new Observation.Group("g1", 100L, null)).get();
            Action add = new Action.AddMembers("g1", GroupType.WORK, 60L);
            futures.performPart(add, () -> CompletableFuture.completedFuture(new Done.Amount(47L))).get();
            assertEquals(147L, futures.getGuard().assess(add).getChecks().get(0).getEvidence().getUsed());

            Reservation reserved = futures.reserve(new Action.AddFriend("ada", "bob")).get();
            futures.commit(((Reservation.Held) reserved).getPermit()).get();
            Begun begun = futures.beginLogin("ada", LoginIntent.OpenChat.INSTANCE).get();
            assertInstanceOf(LoginOutcome.Executed.class, futures.succeed(((Begun.Ticket) begun).getTicket()).get());
        }
    }

    @Test
    void aRefusalIsTyped() throws Exception {
        try (PlanguardFutures futures = open(settings -> {})) {
            ExecutionException thrown = assertThrows(ExecutionException.class, () -> futures
                    .loginByCallback("ada", LoginIntent.OpenChat.INSTANCE, callback -> callback.onError(70001, null))
                    .get());
            assertEquals(70001, ((PlanguardException.Login) thrown.getCause()).getFailure().getCode());
            Performed refused = futures.performByCallback(
                    new Action.AddFriend("ada", "bob"), callback -> callback.onError(30010, "full")).get();
            assertEquals(30010, ((Performed.ByProvider) refused).getRejection().getCode());
        }
    }

    @Test
    void anEndpointIsAskedByTheAppsOwnStack() throws Exception {
        CompletableFuture<String> asked = new CompletableFuture<>();
        try (PlanguardFutures futures = open(settings -> {
            settings.setEndpoint("https://billing.example.com");
            settings.credentialsFrom(() -> CompletableFuture.completedFuture("token"));
            settings.transportBy((request, most) -> {
                asked.complete(request.getHeaders().stream()
                        .filter(header -> header.getName().equals("authorization")).findFirst().orElseThrow().getValue());
                byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
                return CompletableFuture.completedFuture(new Response(503, Collections.emptyList(), body));
            });
        })) {
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> futures.sync(FetchPolicy.FETCH).get());
            assertInstanceOf(PlanguardException.TryLater.class, thrown.getCause());
            assertEquals("Bearer token", asked.get());
        }
    }

    @Test
    void billsAreWorkedOut() throws Exception {
        Catalog catalog = Catalog.Companion.builtIn(CatalogIds.INTL_2024);
        BillRequest request = new BillRequest(
                catalog, Edition.STANDARD, YearMonth.of(2024, 8), "+08:00", new MonthUsage(12_000L), Collections.emptyMap());
        Bill bill = PlanguardKt.bill(request);
        assertTrue(bill.getTotal().getAmount().compareTo(new BigDecimal("399")) > 0);
        assertNull(new MonthUsage().getPeakDau());
    }

    @Test
    void whatIsOutOfRangeNamesItsField() throws Exception {
        ExecutionException opened = assertThrows(
                ExecutionException.class, () -> PlanguardFutures.open(-5L, settings -> {}).get());
        PlanguardException.InvalidInput app = (PlanguardException.InvalidInput) opened.getCause();
        assertEquals("sdk_app_id", app.getDetails().getFieldName());
        assertTrue(app.getMessage().contains("below zero"), app.getMessage());
        try (PlanguardFutures futures = open(settings -> {})) {
            PlanguardException.InvalidInput count = assertThrows(
                    PlanguardException.InvalidInput.class,
                    () -> futures.getGuard().check(new Action.AddMembers("g1", GroupType.WORK, -1L)));
            assertEquals("count", count.getDetails().getFieldName());
            assertEquals("count: -1 is below zero; pass a number from 0 on", count.getMessage());
        }
    }

    private static CompletableFuture<Void> ok() {
        return CompletableFuture.completedFuture(null);
    }
}
