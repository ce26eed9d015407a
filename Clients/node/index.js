// SPDX-License-Identifier: Apache-2.0
'use strict';

// For programs in Node and the main process of Electron.
const { SharedWorker } = require('./lib/sharedWorker');
const { Subscription, RequestError } = require('./lib/subscription');
const { socketPath } = require('./lib/socketPath');

module.exports = { SharedWorker, Subscription, RequestError, socketPath };
