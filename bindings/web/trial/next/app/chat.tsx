'use client';
// Rendered on the server without a guard, and hydrated in the browser, which opens one.

import { Planguard } from '@planguard/web';
import { GuardProvider, useFeature, useLogin } from '@planguard/web/react';
import { useEffect, useState } from 'react';

function Open({ user }: { user: string }) {
  const community = useFeature('community');
  const { state, login } = useLogin((guard, user: string) => guard.login(user, 'open_chat', async () => 'logged in'));
  return (
    <>
      <p id="feature">{community === undefined ? 'Opening' : community.explain('en')}</p>
      <button type="button" disabled={community === undefined} onClick={() => void login(user)}>Open chat</button>
      {state.status === 'done' && <p id="login">{state.outcome.explain('en')}</p>}
      {state.status === 'failed' && <p id="error">{String(state.error)}</p>}
    </>
  );
}

export function Chat({ user }: { user: string }) {
  const [guard, setGuard] = useState<Planguard>();
  useEffect(() => {
    const left = new AbortController();
    let open: Planguard | undefined;
    Planguard.open({ sdkAppId: 1400000001, fallback: ['intl-2024', 'standard'] }, { signal: left.signal }).then(
      (opened) => (left.signal.aborted ? opened.shutdown() : setGuard((open = opened))),
      (error: unknown) => left.signal.aborted || reportError(error),
    );
    return () => {
      left.abort();
      open?.shutdown();
    };
  }, []);
  return <GuardProvider guard={guard}><Open user={user} /></GuardProvider>;
}
