'use strict';

/**
 * Lets a MessagePortMain and a worker's port be one line: what comes in at one goes out at the other, dates and all,
 * until either closes. Problems go to the page as messages of the bridge's own, since a port carries nothing else.
 *
 * @param {import('../electron').MessagePortMainLike} port
 * @param {import('../index').SharedWorker} worker
 */
function pump(port, worker) {
  const tell = (event, { message, code }) => port.postMessage({ event, data: { message, code } });
  worker.port.onmessage = ({ data }) => port.postMessage(data);
  worker.port.onmessageerror = trouble => tell('partyline::message_error', trouble);
  worker.onerror = trouble => tell('partyline::worker_error', trouble);
  port.on('message', ({ data }) => {
    try {
      worker.port.postMessage(data);
    } catch (error) {
      // A Map, say: it passes between processes but not over the socket. It must not end the main process.
      tell('partyline::message_error', { message: error.message, code: error.name });
    }
  });
  port.on('close', () => worker.port.close());
  port.start();
}

module.exports = { pump };
