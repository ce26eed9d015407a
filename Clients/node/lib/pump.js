// SPDX-License-Identifier: Apache-2.0
'use strict';

/**
 * Forwards messages between a MessagePortMain and a worker's port, Date objects included, until the MessagePortMain
 * closes. Problems are sent to the page as `partyline::worker_error` and `partyline::message_error` messages, because a
 * port cannot carry error events.
 *
 * @param {import('../electron').MessagePortMainLike} port
 * @param {import('../index').SharedWorker} worker
 */
function pump(port, worker) {
  const report = (event, { message, code }) => port.postMessage({ event, data: { message, code } });
  worker.port.onmessage = ({ data }) => port.postMessage(data);
  worker.port.onmessageerror = trouble => report('partyline::message_error', trouble);
  worker.onerror = trouble => report('partyline::worker_error', trouble);
  port.on('message', ({ data }) => {
    try {
      worker.port.postMessage(data);
    } catch (error) {
      // For example a Map, which crosses processes but not the socket. It must not end the main process.
      report('partyline::message_error', { message: error.message, code: error.name });
    }
  });
  port.on('close', () => worker.port.close());
  port.start();
}

module.exports = { pump };
