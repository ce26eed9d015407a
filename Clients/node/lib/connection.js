'use strict';

const net = require('node:net');
const { LineReader } = require('./lines');

/**
 * A line to the daemon that is opened again whenever it is lost; never two at a time, because an attempt starts only
 * after the former socket has closed.
 */
class Connection {
  #path;
  #backoff;
  #events;
  #socket = null;
  #timer = null;
  #cause = null;
  #since = null;
  #paused = false;
  #final = false;

  /**
   * @param {string} path
   * @param {import('./backoff').Backoff} backoff
   * @param {{line: (text: string) => void, lost: (cause: Error | null) => void}} events
   */
  constructor(path, backoff, events) {
    this.#path = path;
    this.#backoff = backoff;
    this.#events = events;
    this.#open();
  }

  /** Writes a line; without effect while there is no socket. */
  write(text) {
    this.#socket?.write(text + '\n');
  }

  /** Stops reading, so that the daemon and not this process keeps what nobody takes. */
  pause() {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume() {
    this.#paused = false;
    this.#socket?.resume();
  }

  /** Ends the line after all that was written, within the given time, and opens no other. */
  end(milliseconds) {
    if (!this.letGo(milliseconds)) return;
    this.#socket.end();
    // The daemon hangs up in its turn, and what it still says has to be read for that to be seen.
    this.#socket.resume();
  }

  /** Opens no other line when this one goes, which it has to in the given time. Tells whether there is one. */
  letGo(milliseconds) {
    this.#final = true;
    clearTimeout(this.#timer);
    if (!this.#socket) return false;
    this.#timer = setTimeout(() => this.#socket?.destroy(), milliseconds);
    return true;
  }

  #open() {
    const lines = new LineReader(this.#events.line);
    this.#cause = this.#since = null;
    this.#socket = net.connect(this.#path);
    this.#socket.setEncoding('utf8');
    this.#socket.on('connect', () => (this.#since = performance.now()));
    this.#socket.on('data', chunk => lines.push(chunk));
    this.#socket.on('error', error => (this.#cause = error));
    this.#socket.on('close', () => this.#closed());
    if (this.#paused) this.#socket.pause();
  }

  #closed() {
    this.#socket = null;
    // Only a connection that lasted ends the back-off: a daemon that hangs up at once is no better than none.
    if (this.#since !== null && performance.now() - this.#since > this.#backoff.longest) this.#backoff.reset();
    if (this.#final) clearTimeout(this.#timer);
    else this.#timer = setTimeout(() => this.#open(), this.#backoff.pause());
    this.#events.lost(this.#cause);
  }
}

module.exports = { Connection };
