// SPDX-License-Identifier: Apache-2.0
'use strict';

const { encode, cannotClone } = require('./clone');
const { reviveDates } = require('./dates');
const { defineHandler } = require('./handlers');
const { Session } = require('./session');
const { TroubleEvent } = require('./events');

// How many messages a port that has not been started holds before it stops reading.
const inboxLimit = 1000;

/** Has the interface of a SharedWorker's MessagePort; its other end is the daemon. */
class Port extends EventTarget {
  #session;
  #inbox = [];
  #isStarted = false;
  #isClosed = false;

  /**
   * @param {{path: string, reconnect?: object, keep?: object}} options
   * @param {(trouble: {code: string, message: string}) => void} onTrouble
   */
  constructor(options, onTrouble) {
    super();
    this.#session = new Session(options, {
      message: (message, method) => {
        reviveDates(message, method);
        this.#receive(new MessageEvent('message', { data: message }));
      },
      broken: (message, data) => this.#receive(new TroubleEvent('messageerror', { message, data })),
      trouble: trouble => this.#isClosed || onTrouble(trouble),
    });
  }

  /** Delivers the messages that have arrived, and those that will. */
  start() {
    if (this.#isStarted || this.#isClosed) return;
    this.#isStarted = true;
    for (const _ of this.#inbox) this.#scheduleOne();
    this.#session.resume();
  }

  /**
   * Sends a message to the daemon, at once or after the next connection.
   *
   * @throws {DOMException} `DataCloneError` for values that cannot be sent
   */
  postMessage(message, options) {
    const transfer = Array.isArray(options) ? options : options?.transfer;
    if (transfer?.length > 0) throw cannotClone('the list of objects to transfer', 'not empty');
    const text = encode(message);
    if (!this.#isClosed) this.#session.post(message, text);
  }

  /** Sends the posted messages and `close`, then closes the connection. No more messages are delivered. */
  close() {
    this.#isClosed = true;
    this.#inbox = [];
    this.#session.close();
  }

  #receive(event) {
    if (this.#isClosed) return;
    this.#inbox.push(event);
    if (this.#isStarted) this.#scheduleOne();
    else if (this.#inbox.length === inboxLimit) this.#session.pause();
  }

  /** One message per turn of the event loop, as on a real port: a handler's microtasks run before the next message. */
  #scheduleOne() {
    setImmediate(() => {
      const event = this.#inbox.shift();
      if (event) this.dispatchEvent(event);
    });
  }
}

defineHandler(Port.prototype, 'message', port => port.start());
defineHandler(Port.prototype, 'messageerror');

module.exports = { Port };
