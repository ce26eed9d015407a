// SPDX-License-Identifier: Apache-2.0
'use strict';

const { advice } = require('./advice');
const { Backoff } = require('./backoff');
const { Connection } = require('./connection');
const { encode } = require('./clone');
const { PageState } = require('./pageState');
const { OpenRequests, failure } = require('./openRequests');
const { Outbox } = require('./outbox');

// The time limit for a closed port to send its posted messages and for the daemon to close the connection.
const closeMilliseconds = 2000;

/** A port's session with the daemon, which continues over reconnections. */
class Session {
  #path;
  #events;
  #connection;
  #outbox;
  #requests = new OpenRequests();
  #pageState = new PageState();
  #isGreeted = false;
  /** The longest line that the daemon accepts, in bytes. */
  #lineBytes = Infinity;
  #isClosed = false;
  #closeReason = null;
  #lastTrouble = null;

  /**
   * @param {{path: string, reconnect?: object, keep?: object}} options
   * @param {{message: (message: object, method?: string) => void, broken: (text: string, data?: string) => void,
   *   trouble: (trouble: {code: string, message: string}) => void}} events
   *   `message`: a message arrived, with the method of the request that it answers; `broken`: a message was lost;
   *   `trouble`: the connection was lost
   */
  constructor({ path, reconnect, keep }, events) {
    this.#path = path;
    this.#events = events;
    this.#outbox = new Outbox(keep, (message, reason) => this.#fail(message, reason));
    this.#connection = new Connection(path, new Backoff(reconnect), {
      line: text => this.#receive(text),
      lost: cause => this.#lost(cause),
    });
  }

  /** Sends a message, at once or after the next connection. */
  post(message, text) {
    if (this.#isClosed) return;
    if (message?.event === 'close') this.close();
    else if (this.#isGreeted) this.#send(message, text);
    else this.#outbox.keep(message, text);
  }

  /** Sends the posted messages and `close`, then closes the connection. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isGreeted) this.#closeConnection();
    else if (this.#outbox.isEmpty) this.#connection.end(closeMilliseconds);
    else if (!this.#connection.stopReconnecting(closeMilliseconds)) this.#outbox.empty(() => {});
  }

  pause() {
    this.#connection.pause();
  }

  resume() {
    this.#connection.resume();
  }

  #send(message, text) {
    if (Buffer.byteLength(text) > this.#lineBytes) return this.#tooLong(message, text);
    this.#requests.add(message);
    this.#pageState.recordSent(message);
    this.#connection.write(text);
  }

  /** Fails a message at once: the daemon would skip it, and could not tell which request it was. */
  #tooLong(message, text) {
    const reason = `it is ${Buffer.byteLength(text)} bytes long, and the daemon accepts ${this.#lineBytes}`;
    this.#fail(message, reason, 'line_too_long');
  }

  #closeConnection() {
    this.#connection.write(encode({ event: 'close' }));
    this.#connection.end(closeMilliseconds);
  }

  #receive(text) {
    const message = parse(text);
    // Most likely cut off by the daemon's restart, after which it sends the current state again.
    if (!message) return this.#events.broken('A line from partylined could not be read and was dropped.', text);
    const request = this.#requests.take(message);
    this.#updateState(message);
    if (!this.#isClosed) this.#events.message(message, request?.data.method);
  }

  #updateState(message) {
    if (message.event === 'acknowledge' && message.data?.id !== undefined) this.#greeted(message.data);
    else if (message.event === 'partyline::bye') this.#closeReason = message;
    else if (message.event === 'partyline::error' && !this.#isGreeted) this.#closeReason = message;
  }

  /** Handles a connection's greeting. A second greeting on a connection comes from a daemon that has taken it over. */
  #greeted(data) {
    this.#abandonRequests();
    this.#isGreeted = true;
    this.#lineBytes = data.partyline?.lineBytes ?? Infinity;
    this.#lastTrouble = this.#closeReason = null;
    for (const message of this.#pageState.messagesToResend(data.partyline?.epoch)) this.#send(message, encode(message));
    this.#outbox.empty((message, text) => this.#send(message, text));
    if (this.#isClosed) this.#closeConnection();
  }

  #lost(cause) {
    const trouble = advice(this.#path, cause, this.#closeReason);
    this.#isGreeted = false;
    this.#closeReason = null;
    if (this.#isClosed) return this.#outbox.empty(() => {});
    this.#abandonRequests();
    // Not reported again for each attempt with the same result.
    if (trouble.message !== this.#lastTrouble) this.#events.trouble(trouble);
    this.#lastTrouble = trouble.message;
  }

  #abandonRequests() {
    for (const request of this.#requests.takeAll()) {
      this.#fail(request, 'the connection to partylined was lost; the request may have been carried out');
    }
  }

  #fail(message, reason, code = 'unavailable') {
    if (this.#isClosed) return;
    if (OpenRequests.isRequest(message)) this.#events.message(failure(message, `Not answered: ${reason}.`, code));
    else this.#events.broken(`A message (${message?.event}) was not sent: ${reason}.`);
  }
}

function parse(text) {
  try {
    const message = JSON.parse(text);
    return typeof message?.event === 'string' ? message : null;
  } catch {
    return null;
  }
}

module.exports = { Session };
