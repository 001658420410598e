// The same on the developer's server, which serves the entry with the module inside in a form that Chromium does not start.

import { Planguard } from '@planguard/web/worker';
import { answering } from './answering.js';

answering(Planguard);
