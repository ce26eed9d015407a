// SPDX-License-Identifier: Apache-2.0
'use strict';

const net = require('node:net');
const { LineReader } = require('./lines');

/**
 * A connection to the daemon that reconnects when it is lost. A new attempt starts only after the previous socket has
 * closed, so there is never more than one.
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
   *   `line`: a line was received; `lost`: the socket has closed, also after a failed attempt
   */
  constructor(path, backoff, events) {
    this.#path = path;
    this.#backoff = backoff;
    this.#events = events;
    this.#open();
  }

  /** Writes a line. Without a socket the line is dropped. */
  write(text) {
    this.#socket?.write(text + '\n');
  }

  /** Stops reading. The daemon's flow control then limits the backlog instead of this process's memory. */
  pause() {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume() {
    this.#paused = false;
    this.#socket?.resume();
  }

  /** Closes the connection after the pending writes, within the given time, and does not reconnect. */
  end(milliseconds) {
    if (!this.stopReconnecting(milliseconds)) return;
    this.#socket.end();
    // A paused socket would never receive the daemon's end of the stream.
    this.#socket.resume();
  }

  /**
   * Does not reconnect when the socket closes, and destroys it after the given time.
   *
   * @returns {boolean} whether there is a socket
   */
  stopReconnecting(milliseconds) {
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
    // Only a connection that lasted resets the back-off: a daemon that closes connections at once must not be flooded.
    if (this.#since !== null && performance.now() - this.#since > this.#backoff.longest) this.#backoff.reset();
    if (this.#final) clearTimeout(this.#timer);
    else this.#timer = setTimeout(() => this.#open(), this.#backoff.pause());
    this.#events.lost(this.#cause);
  }
}

module.exports = { Connection };
