// A service worker, which has the module inside: there is nothing that it would have to fetch when a push wakes it.

import { Planguard } from '@planguard/web/service-worker';
import { answering } from './answering.js';

answering(Planguard);
