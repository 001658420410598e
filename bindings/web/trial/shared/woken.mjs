// What a worker does with its own guard when something wakes it: a login that must make no active user.

/** Opens a guard of `Planguard`, and says what became of a push for `user`. */
export async function woken(Planguard, user) {
  try {
    const guard = await Planguard.open({ sdkAppId: 1400000001, fallback: ['intl-2024', 'standard'], processRole: 'extension' });
    const outcome = await guard.login(user, 'push_wake', async () => 'logged in');
    const { used } = guard.check({ type: 'add_friend', user, peer: 'bob' }).tightest;
    guard.shutdown();
    return { text: `${outcome.type}, with ${used} friends` };
  } catch (error) {
    return { error: String(error?.stack ?? error) };
  }
}
