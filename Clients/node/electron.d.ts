import type { SharedWorker, SharedWorkerOptions } from './index';

/** What is used of Electron's MessagePortMain. */
export interface MessagePortMainLike {
  on(event: 'message', listener: (event: { data: any }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: any): void;
  start(): void;
  close(): void;
}

/** What is used of Electron's WebContents, 17.1 or newer. */
export interface WebContentsLike {
  ipc: {
    on(channel: string, listener: (event: any, ...args: any[]) => void): unknown;
    removeListener(channel: string, listener: (...args: any[]) => void): unknown;
  };
  postMessage(channel: string, message: any, transfer?: any[]): void;
  once(event: 'destroyed', listener: () => void): unknown;
}

/** What is used of Electron's BrowserWindow. */
export interface WindowLike {
  webContents: WebContentsLike;
}

export interface BridgeOptions extends Omit<SharedWorkerOptions, 'name'> {
  /** Whether the frame that asks may have a port. Default: only a window's main frame may, whatever page is in it. */
  allow?: (event: any) => boolean;
  /** Default: Electron's own. */
  MessageChannelMain?: new () => { port1: MessagePortMainLike; port2: any };
}

/**
 * Main process: serves a window's `new SharedWorker(url, 'ConnectSharedWorker')`. Call it before the page is loaded,
 * and give the window `preloadPath` as its preload script. Ends with the window, or by `close()`.
 */
export function bridgeRenderer(
  windowOrContents: WindowLike | WebContentsLike,
  options?: BridgeOptions,
): { close(): void };

/**
 * Main process: makes one line of a port and a worker, for programs that hand out their ports by themselves. Problems
 * go to the port as `partyline::worker_error` and `partyline::message_error`, with `{message, code}`.
 */
export function pump(port: MessagePortMainLike, worker: SharedWorker): void;

/** The preload script's file, for `webPreferences.preload`. It is one file, and fit for a sandboxed renderer. */
export const preloadPath: string;
