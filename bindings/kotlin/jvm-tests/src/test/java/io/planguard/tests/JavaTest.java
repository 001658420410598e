package io.planguard.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.planguard.Action;
import io.planguard.CatalogIds;
import io.planguard.Edition;
import io.planguard.Event;
import io.planguard.Explain;
import io.planguard.Feature;
import io.planguard.FetchPolicy;
import io.planguard.LoginIntent;
import io.planguard.LoginOutcome;
import io.planguard.Performed;
import io.planguard.PlanguardException;
import io.planguard.PlanguardFutures;
import io.planguard.ProviderException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** The same from Java. */
class JavaTest {
    private static PlanguardFutures open() throws Exception {
        return PlanguardFutures.open(
                        1_400_000_001L, settings -> settings.fallback(CatalogIds.INTL_2024, Edition.STANDARD))
                .get();
    }

    @Test
    void gatesAreReadWithoutFutures() throws Exception {
        try (PlanguardFutures futures = open()) {
            assertFalse(futures.getGuard().feature(Feature.COMMUNITY).getGranted());
            assertFalse(Explain.explain(futures.getGuard().feature(Feature.COMMUNITY)).isBlank());
        }
    }

    @Test
    void loginsAndActionsAreFutures() throws Exception {
        try (PlanguardFutures futures = open()) {
            LoginOutcome pushed = futures.login("ada", LoginIntent.PushWake.INSTANCE, JavaTest::done).get();
            assertInstanceOf(LoginOutcome.Deferred.class, pushed);
            LoginOutcome opened = futures.login("ada", LoginIntent.OpenChat.INSTANCE, JavaTest::done).get();
            assertInstanceOf(LoginOutcome.Executed.class, opened);
            Performed added = futures.perform(new Action.AddFriend("ada", "bob"), JavaTest::done).get();
            assertEquals(Performed.Done.INSTANCE, added);
            assertTrue(futures.recordOnce("invite-7", new Action.AddFriend("ada", "eve")).get());
        }
    }

    @Test
    void whatTheSdkRefusedArrivesTyped() throws Exception {
        try (PlanguardFutures futures = open()) {
            ExecutionException thrown = assertThrows(ExecutionException.class, () -> futures
                    .login("ada", LoginIntent.OpenChat.INSTANCE, () -> CompletableFuture.failedFuture(
                            new ProviderException.Answered(70001, "expired")))
                    .get());
            PlanguardException.Login login = assertInstanceOf(PlanguardException.Login.class, thrown.getCause());
            assertEquals(70001, login.getFailure().getCode());
        }
    }

    @Test
    void eventsAndErrors() throws Exception {
        try (PlanguardFutures futures = open()) {
            CompletableFuture<Event> heard = new CompletableFuture<>();
            try (AutoCloseable listening = futures.onEvent(heard::complete)) {
                futures.login("ada", LoginIntent.OpenChat.INSTANCE, JavaTest::done).get();
                heard.get();
            }
            ExecutionException thrown =
                    assertThrows(ExecutionException.class, () -> futures.sync(FetchPolicy.FETCH).get());
            assertInstanceOf(PlanguardException.InvalidInput.class, thrown.getCause());
        }
    }

    @Test
    void aCallAfterTheEndSaysThatTheGuardIsClosed() throws Exception {
        PlanguardFutures futures = open();
        futures.close();
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> futures
                .login("ada", LoginIntent.OpenChat.INSTANCE, JavaTest::done)
                .get());
        assertInstanceOf(PlanguardException.Closed.class, thrown.getCause());
        futures.close();
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }
}
