// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Session } = require('./session');
const { encode } = require('./clone');
const { socketPath } = require('./socketPath');
const { Inbox } = require('./inbox');

/** Lines about this connection, which have no clock. */
const unclocked = new Set(['log', 'partyline::error']);

/** An error answer of the daemon. */
class RequestError extends Error {
  /** @param {{code: string, message: string, hint?: string, retryable?: boolean, retryAfterMs?: number}} answer */
  constructor({ code, message, hint, retryable = false, retryAfterMs }) {
    super(hint ? `${message} (${hint})` : message);
    Object.assign(this, { name: 'RequestError', code, hint, retryable, retryAfterMs });
  }
}

/**
 * The daemon's events that match some patterns, as an async iterator: in order, each once, also over lost connections and
 * restarts of the daemon. It stands on the daemon's clocks: after each greeting it subscribes again since the last one.
 */
class Subscription {
  #session;
  #params;
  #onTrouble;
  #clock;
  #isSubscribed = false;
  /** The number of the newest `subscribe`: only its answer counts. */
  #attempt = 0;
  #retry = null;
  #requests = new Map();
  #requestCount = 0;
  /** The parameters of the last `setLogs` that was accepted: a new connection has to ask again. */
  #logs = null;
  #inbox;

  /**
   * @param {string | string[]} patterns
   * @param {import('../index').SubscriptionOptions} [options]
   */
  constructor(patterns, { socket, since, mode, existing, onTrouble = warn, reconnect, keep } = {}) {
    this.#params = { events: [].concat(patterns), mode, existing };
    encode({ ...this.#params, since });
    this.#clock = since;
    this.#onTrouble = onTrouble;
    this.#session = new Session(
      { path: socketPath(socket), reconnect, keep },
      {
        message: message => this.#receive(message),
        broken: message => onTrouble({ code: 'LOST', message }),
        trouble: trouble => onTrouble(trouble),
      },
    );
    this.#inbox = new Inbox(() => this.#control());
  }

  /** The clock of the last event that arrived: the `since` with which another subscription continues after it. */
  get clock() {
    return this.#clock;
  }

  /**
   * Sends a `partyline::request` on this connection and awaits its data.
   *
   * @param {string} method
   * @param {object} [params]
   * @throws {RequestError} the daemon's error, or `unavailable` if the connection was lost before the answer
   */
  async request(method, params) {
    if (method === 'subscribe' || method === 'unsubscribe') throw new TypeError(`${method}: create another Subscription`);
    if (this.#inbox.isEnded) throw closed();
    const requestId = (this.#requestCount += 1);
    const data = await new Promise((resolve, reject) => {
      // Before the message is posted: it may fail at once.
      this.#requests.set(requestId, { resolve, reject });
      this.#control();
      try {
        this.#post(requestId, method, params);
      } catch (error) {
        this.#take(requestId)?.reject(error);
      }
    });
    if (method === 'setLogs') this.#logs = params;
    return data;
  }

  /** Closes the connection. Ends the iteration; events that have arrived and were not read are dropped. */
  close() {
    this.#end();
  }

  next() {
    return this.#inbox.next();
  }

  /** Called at the end of a `for await` that is left early. */
  async return(value) {
    this.#end();
    return { done: true, value };
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  #receive(message) {
    const { event, data, clock } = message;
    if (event === 'acknowledge' && data?.id !== undefined) return this.#subscribe();
    if (event === 'partyline::response') return this.#answer(data ?? {});
    // Until the answer the port speaks the Streams dialect.
    if (!this.#isSubscribed) return;
    if (event === 'partyline::lagged') this.#clock = data.clock;
    else if (clock !== undefined) this.#clock = clock;
    else if (message.existing !== true && !unclocked.has(event)) return;
    this.#inbox.add(message);
  }

  /** Reads from the connection, unless the program is behind and waits for no answer. */
  #control() {
    if (this.#inbox.isFull && this.#requests.size === 0) this.#session.pause();
    else this.#session.resume();
  }

  #take(requestId) {
    const request = this.#requests.get(requestId);
    this.#requests.delete(requestId);
    this.#control();
    return request;
  }

  #subscribe() {
    clearTimeout(this.#retry);
    this.#isSubscribed = false;
    this.#attempt += 1;
    this.#post(`subscribe ${this.#attempt}`, 'subscribe', { ...this.#params, since: this.#clock });
  }

  /** @throws {DOMException} `DataCloneError` for parameters that JSON cannot represent */
  #post(requestId, method, params) {
    const message = { event: 'partyline::request', data: { requestId, method, params } };
    this.#session.post(message, encode(message));
  }

  #answer({ requestId, data, err }) {
    if (requestId === `subscribe ${this.#attempt}`) return err ? this.#refused(err) : this.#subscribed(data);
    const request = this.#take(requestId);
    if (err) request?.reject(new RequestError(err));
    else request?.resolve(data);
  }

  #subscribed(data) {
    this.#isSubscribed = true;
    this.#clock = data.clock;
    this.#inbox.add({ event: 'partyline::subscribed', data });
    if (this.#logs) this.#post('logs', 'setLogs', this.#logs);
  }

  #refused(err) {
    // The next greeting subscribes again.
    if (err.code === 'unavailable') return;
    if (!err.retryable) return this.#end(new RequestError(err));
    this.#onTrouble({ code: err.code, message: `partylined did not accept the subscription yet: ${err.message}.` });
    this.#retry = setTimeout(() => this.#subscribe(), err.retryAfterMs ?? 1000);
  }

  /** Rejects what is awaited with the error; without one, the iteration ends as if the events had. */
  #end(error) {
    clearTimeout(this.#retry);
    this.#inbox.end(error);
    this.#session.close();
    for (const { reject } of this.#requests.values()) reject(error ?? closed());
    this.#requests.clear();
  }
}

function closed() {
  return new RequestError({ code: 'unavailable', message: 'the subscription is closed' });
}

/** Without an option the trouble must still be visible. */
function warn({ code, message }) {
  process.emitWarning(message, { type: 'PartylineWarning', code });
}

module.exports = { Subscription, RequestError };
