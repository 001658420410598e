// A worker that runs the tests, and one for whoever asks it to do something with a guard.

import { suite } from './suite.mjs';

self.onmessage = async () => self.postMessage(await suite());
