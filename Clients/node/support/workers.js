// SPDX-License-Identifier: Apache-2.0
'use strict';

const { SharedWorker } = require('..');
const { mailboxOf, eventsOf } = require('./mailbox');

/** A worker with short pauses, its collected `error` and `messageerror` events. Closed after the test. */
function workerFor(test, socket, options = {}) {
  const worker = new SharedWorker('worker.js', { socket, reconnect: { first: 5, longest: 20 }, ...options });
  test.after(() => worker.port.close());
  const { port } = worker;
  return { worker, port, troubles: eventsOf(worker, 'error'), losses: eventsOf(port, 'messageerror') };
}

/** Like `workerFor`, with the port started and its messages collected. */
function listeningWorkerFor(test, socket, options) {
  const all = workerFor(test, socket, options);
  return { ...all, messages: mailboxOf(all.port) };
}

module.exports = { workerFor, listeningWorkerFor };
