// SPDX-License-Identifier: Apache-2.0
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { LineReader } = require('../lib/lines');
const { Mailbox } = require('./mailbox');
const { within } = require('./deadline');

/** A folder for a test's socket, removed after the test. Its path is short: a socket's path is limited to 107 bytes. */
function folderFor(test) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'partyline-node-'));
  test.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server on a Unix socket that sends only what the test tells it to send. */
class ScriptedDaemon {
  #server;
  #arrived = new Mailbox();
  peers = [];

  constructor(socket) {
    this.socket = socket;
  }

  static async start(test, socket = path.join(folderFor(test), 'p.sock')) {
    const daemon = new ScriptedDaemon(socket);
    test.after(() => daemon.stop());
    await daemon.listen();
    return daemon;
  }

  async listen() {
    this.#server = net.createServer(socket => {
      const peer = new Peer(socket);
      this.peers.push(peer);
      this.#arrived.add(peer);
    });
    this.#server.listen(this.socket);
    await within(once(this.#server, 'listening'), 'the scripted daemon listens');
  }

  /** Awaits the next connection. */
  peer() {
    return this.#arrived.take(() => true, 'a connection');
  }

  /** Awaits the next connection and sends it the greeting. */
  async greeted(data) {
    const peer = await this.peer();
    peer.greet(data);
    return peer;
  }

  /** Closes all connections and the listener. */
  async stop() {
    for (const peer of this.peers) peer.cut();
    if (!this.#server.listening) return;
    await within(new Promise(resolve => this.#server.close(resolve)), 'the end of the listener');
  }
}

/** The daemon's end of one connection. */
class Peer extends Mailbox {
  #socket;

  constructor(socket) {
    super();
    this.#socket = socket;
    const lines = new LineReader(line => this.add(JSON.parse(line)));
    socket.setEncoding('utf8');
    socket.on('data', chunk => lines.push(chunk));
    socket.on('error', () => {});
    this.closed = new Promise(resolve => socket.once('close', resolve));
  }

  greet({ id = 'port-1', epoch = 'e1', ...partyline } = {}) {
    this.send('acknowledge', { id, partyline: { protocol: 1, epoch, ...partyline } });
  }

  send(event, data) {
    this.raw(JSON.stringify({ event, data }) + '\n');
  }

  raw(text) {
    this.#socket.write(text);
  }

  /** Awaits that what was written stays unsent, because the client does not read. */
  async stalled() {
    for (let before = -1; this.#socket.writableLength === 0 || this.#socket.writableLength !== before; ) {
      before = this.#socket.writableLength;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  /** Closes the connection after the pending writes. */
  end(text = '') {
    this.#socket.end(text);
  }

  cut() {
    this.#socket.destroy();
  }

  gone() {
    return within(this.closed, 'the client closes the connection');
  }
}

module.exports = { ScriptedDaemon, folderFor };
