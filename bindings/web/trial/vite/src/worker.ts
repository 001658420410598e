// A worker with a guard of its own.

import { Planguard } from '@planguard/web/worker';
import { woken } from '../../shared/woken.mjs';

addEventListener('message', ({ data }: MessageEvent<string>) => {
  void woken(Planguard, data).then((answer) => postMessage(answer));
});
