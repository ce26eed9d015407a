'use strict';

const { advice } = require('./advice');
const { Backoff } = require('./backoff');
const { Connection } = require('./connection');
const { encode } = require('./clone');
const { Introduction } = require('./introduction');
const { OpenRequests, unavailable } = require('./openRequests');
const { Outbox } = require('./outbox');
const { reviveDates } = require('./dates');

// How long a port that was closed may still try to deliver what was posted, and wait for the daemon to hang up.
const partingMilliseconds = 2000;

/** A port's side of the conversation with the daemon, over as many connections as it takes. */
class Session {
  #path;
  #events;
  #connection;
  #outbox;
  #requests = new OpenRequests();
  #introduction = new Introduction();
  #isGreeted = false;
  #isClosed = false;
  #lastWord = null;
  #lastTrouble = null;

  /**
   * @param {{path: string, reconnect?: object, keep?: object}} options
   * @param {{message: (message: object) => void, broken: (words: string, data?: string) => void,
   *   trouble: (trouble: {code: string, message: string}) => void}} events
   *   `message`: to be delivered; `broken`: a message is lost; `trouble`: the connection is
   */
  constructor({ path, reconnect, keep }, events) {
    this.#path = path;
    this.#events = events;
    this.#outbox = new Outbox(keep, (message, why) => this.#refuse(message, why));
    this.#connection = new Connection(path, new Backoff(reconnect), {
      line: text => this.#heard(text),
      lost: cause => this.#lost(cause),
    });
  }

  /** Sends a message now, or once the daemon is there. */
  post(message, text) {
    if (this.#isClosed) return;
    if (message?.event === 'close') this.close();
    else if (this.#isGreeted) this.#send(message, text);
    else this.#outbox.keep(message, text);
  }

  /** Says goodbye after all that was posted. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isGreeted) this.#part();
    else if (this.#outbox.isEmpty) this.#connection.end(partingMilliseconds);
    else if (!this.#connection.letGo(partingMilliseconds)) this.#outbox.empty(() => {});
  }

  pause() {
    this.#connection.pause();
  }

  resume() {
    this.#connection.resume();
  }

  #send(message, text) {
    this.#requests.sent(message);
    this.#introduction.said(message);
    this.#connection.write(text);
  }

  #part() {
    this.#connection.write(encode({ event: 'close' }));
    this.#connection.end(partingMilliseconds);
  }

  #heard(text) {
    const message = parse(text);
    // Most likely cut by a restart of the daemon, which says all that matters again.
    if (!message) return this.#events.broken('A line from partylined could not be read and was dropped.', text);
    const request = this.#requests.answered(message);
    reviveDates(message, request?.data.method);
    this.#note(message);
    if (!this.#isClosed) this.#events.message(message);
  }

  #note(message) {
    if (message.event === 'acknowledge' && message.data?.id !== undefined) this.#greeted(message.data);
    else if (message.event === 'partyline::bye') this.#lastWord = message;
    else if (message.event === 'partyline::error' && !this.#isGreeted) this.#lastWord = message;
  }

  /** A connection's first words; in the middle of one they come from another daemon that took it over. */
  #greeted(data) {
    this.#abandonRequests();
    this.#isGreeted = true;
    this.#lastTrouble = this.#lastWord = null;
    for (const message of this.#introduction.again(data.partyline?.epoch)) this.#send(message, encode(message));
    this.#outbox.empty((message, text) => this.#send(message, text));
    if (this.#isClosed) this.#part();
  }

  #lost(cause) {
    const trouble = advice(this.#path, cause, this.#lastWord);
    this.#isGreeted = false;
    this.#lastWord = null;
    if (this.#isClosed) return this.#outbox.empty(() => {});
    this.#abandonRequests();
    // Once, not with every attempt: the same words would only bury the others.
    if (trouble.message !== this.#lastTrouble) this.#events.trouble(trouble);
    this.#lastTrouble = trouble.message;
  }

  #abandonRequests() {
    for (const request of this.#requests.abandon()) {
      this.#refuse(request, 'the connection to partylined was lost; the request may have been carried out');
    }
  }

  #refuse(message, why) {
    if (this.#isClosed) return;
    if (OpenRequests.isRequest(message)) this.#events.message(unavailable(message, `Not answered: ${why}.`));
    else this.#events.broken(`A message (${message?.event}) was not sent: ${why}.`);
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
