// SPDX-License-Identifier: Apache-2.0
'use strict';

// The parts of Electron that the bridge uses, made from Node's MessageChannel.

const { EventEmitter } = require('node:events');
const { MessageChannel } = require('node:worker_threads');

/** Node's port with the interface of Electron's: listeners receive an event with `data`. */
class FakePortMain {
  constructor(port) {
    this.port = port;
  }

  on(type, listener) {
    this.port.on(type, value => listener(type === 'message' ? { data: value, ports: [] } : undefined));
  }

  postMessage(message) {
    this.port.postMessage(message);
  }

  start() {
    this.port.start();
  }

  close() {
    this.port.close();
  }
}

class FakeMessageChannelMain {
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new FakePortMain(port1);
    this.port2 = port2;
  }
}

/** A page's WebContents. Posted messages go to the page's ipcRenderer. */
class FakeContents extends EventEmitter {
  ipc = new EventEmitter();
  renderer = new EventEmitter();

  postMessage(channel, message, ports = []) {
    this.renderer.emit(channel, { ports }, message);
  }
}

/** A page's ipcRenderer. Sent messages go to the main process as if from the given frame. */
function fakeIpcRenderer(contents, senderFrame) {
  return {
    send: (channel, message) => contents.ipc.emit(channel, { senderFrame }, message),
    on: (channel, listener) => contents.renderer.on(channel, listener),
  };
}

/** A page's window. `postMessage` dispatches a message event asynchronously, as in a browser. */
class FakeWindow extends EventTarget {
  postMessage(data, origin, ports = []) {
    setImmediate(() => {
      this.dispatchEvent(Object.assign(new Event('message'), { data, ports, source: this }));
    });
  }
}

module.exports = { FakeMessageChannelMain, FakeContents, FakeWindow, fakeIpcRenderer };
