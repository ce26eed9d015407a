// SPDX-License-Identifier: Apache-2.0
'use strict';

const { pump } = require('./pump');
const { SharedWorker } = require('./sharedWorker');

/**
 * Serves a window's `new SharedWorker(url, 'ConnectSharedWorker')`, which preload.js forwards. Each worker gets its own
 * port and its own connection to the daemon.
 *
 * @param {import('../electron').WindowLike | import('../electron').WebContentsLike} windowOrContents
 * @param {import('../electron').BridgeOptions} [options]
 * @returns {{close(): void}}
 */
function bridgeRenderer(windowOrContents, options = {}) {
  const contents = windowOrContents.webContents ?? windowOrContents;
  if (!contents.ipc) throw new Error('bridgeRenderer needs webContents.ipc: use Electron 17.1 or newer.');
  const { ipc } = contents;
  const bridge = new Bridge(options);
  const onConnect = (event, request) => bridge.connect(event, event.senderFrame ?? contents, request);
  const close = () => {
    ipc.removeListener('partyline:connect', onConnect);
    bridge.close();
  };
  ipc.on('partyline:connect', onConnect);
  contents.once('destroyed', close);
  return { close };
}

class Bridge {
  #options;
  #ports = new Set();

  constructor(options) {
    this.#options = options;
  }

  /** Answers a page's request for a port. */
  connect(event, frame, { id, name } = {}) {
    const { allow = isMainFrame } = this.#options;
    try {
      if (!allow(event)) throw new Error('This frame may not use partylined: the option `allow` of bridgeRenderer rejects it.');
      frame.postMessage('partyline:port', { id }, [this.#open(name)]);
    } catch (error) {
      // An error of one page must not end the main process.
      frame.postMessage('partyline:refused', { id, message: error.message });
    }
  }

  close() {
    for (const port of this.#ports) port.close();
  }

  /** Opens a connection to the daemon and returns the page's port to it. */
  #open(name) {
    const { socket, reconnect, keep, MessageChannelMain = electron().MessageChannelMain } = this.#options;
    const worker = new SharedWorker(undefined, { name, socket, reconnect, keep });
    const { port1, port2 } = new MessageChannelMain();
    this.#ports.add(port1);
    port1.on('close', () => this.#ports.delete(port1));
    pump(port1, worker);
    return port2;
  }
}

/** The default of `allow`: embedded third-party frames must not control the agent's calls. */
function isMainFrame({ senderFrame }) {
  return !senderFrame || senderFrame.parent === null;
}

function electron() {
  // Required on use: the tests run this file without Electron.
  return require('electron');
}

module.exports = { bridgeRenderer };
