'use strict';

const { encode, cannotClone } = require('./clone');
const { defineHandler } = require('./handlers');
const { Session } = require('./session');
const { TroubleEvent } = require('./events');

// What a port that was not started yet holds before it stops reading, and leaves the rest to the daemon's flow control.
const inboxLimit = 1000;

/** Looks like the MessagePort of a SharedWorker; its other end is the daemon. */
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
      message: message => this.#receive(new MessageEvent('message', { data: message })),
      broken: (message, data) => this.#receive(new TroubleEvent('messageerror', { message, data })),
      trouble: trouble => this.#isClosed || onTrouble(trouble),
    });
  }

  /** Delivers what has come, and from now on what comes. */
  start() {
    if (this.#isStarted || this.#isClosed) return;
    this.#isStarted = true;
    for (const _ of this.#inbox) this.#scheduleOne();
    this.#session.resume();
  }

  /**
   * Sends a message to the daemon: now, or as soon as it is there.
   *
   * @throws {DOMException} DataCloneError, for what cannot be sent
   */
  postMessage(message, options) {
    const transfer = Array.isArray(options) ? options : options?.transfer;
    if (transfer?.length > 0) throw cannotClone('the list of objects to transfer', 'not empty');
    const text = encode(message);
    if (!this.#isClosed) this.#session.post(message, text);
  }

  /** Says `close` to the daemon after all that was posted, and hangs up. Nothing is delivered any more. */
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

  /** Each message has a turn of its own, as with a real port: what a handler awaits goes on before the next one. */
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
