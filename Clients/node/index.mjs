// SPDX-License-Identifier: Apache-2.0

// index.js for `import`.
import partyline from './index.js';

export const { SharedWorker, Subscription, RequestError, socketPath } = partyline;
