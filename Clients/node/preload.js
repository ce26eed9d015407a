'use strict';

// The renderer's half of the bridge. One file on purpose: a sandboxed preload script cannot require others. What stands
// above the line runs in the page itself, where it arrives as text; so it uses nothing but what a page has.

/** What Streams calls its worker. All other shared workers of a page are left to the browser. */
const streamsWorker = 'ConnectSharedWorker';

/** Looks like the MessagePort of a SharedWorker; becomes a way to the main process once that has sent its port. */
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
    // Cloned now, as a port does: what cannot be cloned throws here, and what changes later was sent as it was.
    else if (this.#held.length < 1000) this.#held.push(structuredClone(message));
  }

  close() {
    this.#isClosed = true;
    this.#real?.close();
  }

  /** The main process's port has come. */
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

/** Looks like a page's SharedWorker; the worker that all share is the daemon. */
class PartylineWorker extends EventTarget {
  #handler;
  #deadline;

  constructor(url, options) {
    super();
    this.name = nameOf(options);
    this.port = new PartylinePort(this);
    const message = 'The main process gave no port. Has it called bridgeRenderer(window) before the page was loaded?';
    this.#deadline = setTimeout(() => this.trouble({ message, code: 'no_bridge' }), 5000);
  }

  get onerror() {
    return this.#handler ?? null;
  }

  set onerror(handler) {
    if (this.#handler === undefined) this.addEventListener('error', event => this.#handler?.(event));
    this.#handler = typeof handler === 'function' ? handler : null;
  }

  /** The main process has answered. */
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

/** Puts the look-alike in the browser's place, for the one worker that is ours. */
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
    // Random, because ids of the page before may still be under way after a reload.
    const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    waiting.set(id, worker);
    page.postMessage({ partyline: 'connect', id, name: worker.name }, '*');
    return worker;
  };
}

/** The text of all above, to be evaluated in the page. */
function pageScript() {
  const parts = [PartylinePort, PartylineWorker, trouble, nameOf, installInPage].map(String);
  return `(() => {\n${parts.join('\n')}\ninstallInPage(window, ${JSON.stringify(streamsWorker)});\n})()`;
}

// ---------------------------------------------------------------------------------------------------------------------

/**
 * Passes the page's wish for a port to the main process, and the port to the page. The port itself goes through this
 * world only once; after that page and main process talk directly.
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
  // With context isolation this script has a `window` of its own, and the page would not see what is put there.
  if (process.contextIsolated) webFrame.executeJavaScript(pageScript());
  else installInPage(window, streamsWorker);
}

module.exports = { relay, installInPage, pageScript, streamsWorker };
