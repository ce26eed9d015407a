// SPDX-License-Identifier: Apache-2.0
'use strict';

// The renderer's half of the bridge. One file on purpose: a sandboxed preload script cannot require other files. The code
// above the dashed line is passed to the page as text and runs there, so it uses only what a page provides.

/** The name that Streams gives its worker. Shared workers with other names stay the browser's. */
const streamsWorker = 'ConnectSharedWorker';

/** Has the interface of a SharedWorker's MessagePort. Holds messages until the main process has sent the real port. */
class PartylinePort extends EventTarget {
  #real = null;
  #held = [];
  #isStarted = false;
  #isClosed = false;
  #handlers = {};
  #worker;

  constructor(worker) {
    super();
    this.#worker = worker;
  }

  get onmessage() {
    return this.#handlers.message ?? null;
  }

  set onmessage(handler) {
    this.#handle('message', handler);
    this.start();
  }

  get onmessageerror() {
    return this.#handlers.messageerror ?? null;
  }

  set onmessageerror(handler) {
    this.#handle('messageerror', handler);
  }

  start() {
    this.#isStarted = true;
    this.#real?.start();
  }

  postMessage(message, options) {
    const transfer = Array.isArray(options) ? options : options?.transfer;
    if (transfer?.length > 0) throw new DOMException('Nothing can be transferred to partylined.', 'DataCloneError');
    if (this.#isClosed) return;
    if (this.#real) this.#real.postMessage(message);
    // Cloned at once, as a port does: values that cannot be cloned throw here, and later changes have no effect.
    else if (this.#held.length < 1000) this.#held.push(structuredClone(message));
  }

  close() {
    this.#isClosed = true;
    this.#real?.close();
  }

  /** The main process has sent the port. */
  connect(real) {
    this.#real = real;
    real.addEventListener('message', ({ data }) => this.#receive(data));
    for (const message of this.#held.splice(0)) real.postMessage(message);
    if (this.#isClosed) real.close();
    else if (this.#isStarted) real.start();
  }

  #receive(message) {
    if (this.#isClosed) return;
    if (message?.event === 'partyline::worker_error') this.#worker.trouble(message.data);
    else if (message?.event === 'partyline::message_error') this.dispatchEvent(trouble('messageerror', message.data));
    else this.dispatchEvent(new MessageEvent('message', { data: message }));
  }

  #handle(type, handler) {
    if (!(type in this.#handlers)) this.addEventListener(type, event => this.#handlers[type]?.(event));
    this.#handlers[type] = typeof handler === 'function' ? handler : null;
  }
}

/** Has the interface of a page's SharedWorker; the shared worker is the daemon. */
class PartylineWorker extends EventTarget {
  #handler;
  #deadline;

  constructor(url, options) {
    super();
    this.name = nameOf(options);
    this.port = new PartylinePort(this);
    const message = 'The main process sent no port. Call bridgeRenderer(window) there before the page is loaded.';
    this.#deadline = setTimeout(() => this.trouble({ message, code: 'no_bridge' }), 5000);
  }

  get onerror() {
    return this.#handler ?? null;
  }

  set onerror(handler) {
    if (this.#handler === undefined) this.addEventListener('error', event => this.#handler?.(event));
    this.#handler = typeof handler === 'function' ? handler : null;
  }

  connect(port) {
    clearTimeout(this.#deadline);
    this.port.connect(port);
  }

  trouble(details) {
    clearTimeout(this.#deadline);
    this.dispatchEvent(trouble('error', details));
  }
}

function trouble(type, { message, code }) {
  return Object.assign(new Event(type, { cancelable: true }), { message, code });
}

function nameOf(options) {
  return typeof options === 'object' && options !== null ? String(options.name ?? '') : String(options ?? '');
}

/** Replaces the page's SharedWorker. Only workers named `ourName` lead to the daemon. */
function installInPage(page, ourName) {
  const waiting = new Map();
  const native = page.SharedWorker;
  page.addEventListener('message', event => {
    const { partyline, id, message } = event.data ?? {};
    const worker = partyline && event.source === page ? waiting.get(id) : undefined;
    if (!worker || (partyline !== 'port' && partyline !== 'refused')) return;
    waiting.delete(id);
    if (partyline === 'port') worker.connect(event.ports[0]);
    else worker.trouble({ message, code: 'not_permitted' });
  });
  page.SharedWorker = function SharedWorker(url, options) {
    if (native && nameOf(options) !== ourName) return new native(url, options);
    const worker = new PartylineWorker(url, options);
    // Random: after a reload, answers to the previous page's requests may still arrive.
    const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    waiting.set(id, worker);
    page.postMessage({ partyline: 'connect', id, name: worker.name }, '*');
    return worker;
  };
}

/** The code above as text, for evaluation in the page. */
function pageScript() {
  const parts = [PartylinePort, PartylineWorker, trouble, nameOf, installInPage].map(String);
  return `(() => {\n${parts.join('\n')}\ninstallInPage(window, ${JSON.stringify(streamsWorker)});\n})()`;
}

// ---------------------------------------------------------------------------------------------------------------------

/**
 * Forwards the page's request for a port to the main process, and the port to the page. After that, messages travel
 * directly between the page and the main process.
 *
 * @param {{addEventListener: Function, postMessage: Function}} page the window
 * @param {{send: Function, on: Function}} ipcRenderer
 */
function relay(page, ipcRenderer) {
  page.addEventListener('message', event => {
    const { partyline, id, name } = event.data ?? {};
    if (partyline === 'connect' && event.source === page) ipcRenderer.send('partyline:connect', { id, name });
  });
  ipcRenderer.on('partyline:port', (event, { id }) => page.postMessage({ partyline: 'port', id }, '*', event.ports));
  ipcRenderer.on('partyline:refused', (event, { id, message }) => {
    page.postMessage({ partyline: 'refused', id, message }, '*');
  });
}

if (process.type === 'renderer') {
  const { ipcRenderer, webFrame } = require('electron');
  relay(window, ipcRenderer);
  // With context isolation this script's `window` is not the page's.
  if (process.contextIsolated) webFrame.executeJavaScript(pageScript());
  else installInPage(window, streamsWorker);
}

module.exports = { relay, installInPage, pageScript, streamsWorker };
