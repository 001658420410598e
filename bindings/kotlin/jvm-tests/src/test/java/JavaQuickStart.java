import io.planguard.*;
import java.util.concurrent.CompletableFuture;

public class JavaQuickStart {
    public static void main(String[] args) throws Exception {
        try (PlanguardFutures futures = PlanguardFutures.open(1_400_000_001L, settings -> {
            settings.setStore(settings.file("planguard.db"));
            settings.fallback(CatalogIds.INTL_2024, Edition.STANDARD);
        }).get()) {
            Action add = new Action.AddMembers("group", GroupType.WORK, 260L);
            System.out.println(futures.getGuard().assess(add).getChecks().get(0).getFits() + " of 260 fit");
            // An SDK with callbacks: hand it one that calls these two.
            LoginOutcome outcome = futures.loginByCallback("ada", LoginIntent.OpenChat.INSTANCE, callback -> {
                callback.onSuccess(); // or callback.onError(code, text)
            }).get();
            System.out.println(outcome.explain(Locale.EN));
            // One with futures.
            futures.perform(new Action.AddFriend("ada", "bob"), () -> CompletableFuture.completedFuture(null)).get();
        }
    }
}
