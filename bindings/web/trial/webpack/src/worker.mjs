// A worker with a guard of its own.

import { Planguard } from '@planguard/web/worker';
import { woken } from '../../shared/woken.mjs';

addEventListener('message', async ({ data }) => postMessage(await woken(Planguard, data)));
