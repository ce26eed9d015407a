// SPDX-License-Identifier: Apache-2.0
import type { SharedWorker, SharedWorkerOptions } from './index';

/** The part of Electron's MessagePortMain that this package uses. */
export interface MessagePortMainLike {
  on(event: 'message', listener: (event: { data: any }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: any): void;
  start(): void;
  close(): void;
}

/** The part of Electron's WebContents (17.1 or newer) that this package uses. */
export interface WebContentsLike {
  ipc: {
    on(channel: string, listener: (event: any, ...args: any[]) => void): unknown;
    removeListener(channel: string, listener: (...args: any[]) => void): unknown;
  };
  postMessage(channel: string, message: any, transfer?: any[]): void;
  once(event: 'destroyed', listener: () => void): unknown;
}

/** The part of Electron's BrowserWindow that this package uses. */
export interface WindowLike {
  webContents: WebContentsLike;
}

export interface BridgeOptions extends Omit<SharedWorkerOptions, 'name'> {
  /** Whether the requesting frame gets a port. Default: a window's main frame does, whatever page it shows. */
  allow?: (event: any) => boolean;
  /** Default: Electron's. */
  MessageChannelMain?: new () => { port1: MessagePortMainLike; port2: any };
}

/**
 * Main process: serves a window's `new SharedWorker(url, 'ConnectSharedWorker')`. Call it before the page is loaded,
 * and use `preloadPath` as the window's preload script. It ends with the window or with `close()`.
 */
export function bridgeRenderer(
  windowOrContents: WindowLike | WebContentsLike,
  options?: BridgeOptions,
): { close(): void };

/**
 * Main process: forwards messages between a port and a worker, for programs that pass ports to pages themselves.
 * Problems are sent to the port as `partyline::worker_error` and `partyline::message_error`, with `{message, code}`.
 */
export function pump(port: MessagePortMainLike, worker: SharedWorker): void;

/** The path of the preload script, for `webPreferences.preload`. It is a single file and runs in a sandboxed renderer. */
export const preloadPath: string;
