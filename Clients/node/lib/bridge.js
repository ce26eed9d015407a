'use strict';

const { pump } = require('./pump');
const { SharedWorker } = require('./sharedWorker');

/**
 * Serves a window's `new SharedWorker(url, 'ConnectSharedWorker')`, which preload.js passes on: each gets a port and a
 * connection to the daemon of its own, as each would get a port of the shared worker.
 *
 * @param {import('../electron').WindowLike | import('../electron').WebContentsLike} windowOrContents
 * @param {import('../electron').BridgeOptions} [options]
 * @returns {{close(): void}}
 */
function bridgeRenderer(windowOrContents, options = {}) {
  const contents = windowOrContents.webContents ?? windowOrContents;
  if (!contents.ipc) throw new Error('bridgeRenderer needs webContents.ipc, which Electron has from 17.1 on.');
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

  /** Answers a page that asked for a port. */
  connect(event, frame, { id, name } = {}) {
    const { allow = isMainFrame } = this.#options;
    try {
      if (!allow(event)) throw new Error('This frame may not use partylined: `allow` of bridgeRenderer says no.');
      frame.postMessage('partyline:port', { id }, [this.#open(name)]);
    } catch (error) {
      // To the page whose wish it was; the main process goes on.
      frame.postMessage('partyline:refused', { id, message: error.message });
    }
  }

  close() {
    for (const port of this.#ports) port.close();
  }

  /** A port for a page, with its connection behind it. */
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

/** An advertisement in an iframe shall not hang up on customers. */
function isMainFrame({ senderFrame }) {
  return !senderFrame || senderFrame.parent === null;
}

function electron() {
  // Only here: the rest runs without Electron, as the tests do.
  return require('electron');
}

module.exports = { bridgeRenderer };
