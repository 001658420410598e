// Rendered on the server for each request, with a guard of the server's own.

import { Planguard } from '@planguard/web';
import { Chat } from './chat';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const guard = await Planguard.open({ sdkAppId: 1400000001, fallback: ['intl-2024', 'premium'] });
  const community = guard.feature('community');
  guard.shutdown();
  return (
    <main>
      <p id="server">On the server: {community.explain('en')}</p>
      <Chat user="ada" />
    </main>
  );
}
