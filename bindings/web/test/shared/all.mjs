// Every file of tests that runs in Node, a page and a worker.

import './answers.mjs';
import './input.mjs';
import './logins.mjs';
import './actions.mjs';
import './endpoint.mjs';
import './events.mjs';
import './runtime.mjs';
import './stores.mjs';
import './hostile.mjs';
