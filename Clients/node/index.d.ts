// SPDX-License-Identifier: Apache-2.0

/** A message in either direction: see the socket protocol. */
export interface WorkerMessage<Data = any> {
  event: string;
  data?: Data;
}

/** A message from the daemon. In `agent::update` and in answers, timestamps are `Date` objects. */
export interface WorkerMessageEvent extends Event {
  readonly type: 'message';
  readonly data: WorkerMessage;
}

/** A problem with the connection or a message; `message` describes what to do. */
export interface TroubleEvent extends Event {
  readonly message: string;
  /** A code for programs: `ENOENT`, `ECONNREFUSED`, `EACCES`, `CLOSED`, the reason of a `partyline::bye`, … */
  readonly code?: string;
  /** In a `messageerror`: the line that could not be read. */
  readonly data: unknown;
}

type Listener<E> = ((event: E) => void) | { handleEvent(event: E): void };
type ListenerOptions = boolean | { once?: boolean; signal?: AbortSignal };

/** Has the interface of a SharedWorker's MessagePort; its other end is the daemon. */
export interface WorkerPort {
  /** Delivers the messages that have arrived, and those that will. */
  start(): void;

  /**
   * Sends a message, at once or after the next connection. Dates are sent as ISO text; undefined members are omitted. A
   * request whose connection is lost before the answer, or that cannot be sent within `keep.milliseconds`, is answered
   * with the error `unavailable`.
   *
   * @throws {DOMException} `DataCloneError` for values that JSON cannot represent: functions, symbols, cycles, Maps, …
   */
  postMessage(message: WorkerMessage, transfer?: readonly never[]): void;

  /** Sends the posted messages and `close`, then closes the connection. No more messages are delivered. */
  close(): void;

  /** Setting it starts the port. */
  onmessage: ((event: WorkerMessageEvent) => void) | null;
  /** A message was lost: a line could not be read, or too much was posted without a connection. */
  onmessageerror: ((event: TroubleEvent) => void) | null;

  addEventListener(type: 'message', listener: Listener<WorkerMessageEvent>, options?: ListenerOptions): void;
  addEventListener(type: 'messageerror', listener: Listener<TroubleEvent>, options?: ListenerOptions): void;
  removeEventListener(type: 'message', listener: Listener<WorkerMessageEvent>, options?: ListenerOptions): void;
  removeEventListener(type: 'messageerror', listener: Listener<TroubleEvent>, options?: ListenerOptions): void;
  dispatchEvent(event: Event): boolean;
}

export interface SharedWorkerOptions {
  /** The value of the property `name`; otherwise without effect. */
  name?: string;
  /** The path of the daemon's socket. Default: `$PARTYLINE_SOCKET`, else `$XDG_RUNTIME_DIR/partyline/partyline.sock`. */
  socket?: string;
  /** The pauses between connection attempts. */
  reconnect?: {
    /** Milliseconds; default 100. Each pause is twice as long as the previous one. */
    first?: number;
    /** Milliseconds; default 5000. */
    longest?: number;
  };
  /** Limits of the messages that are kept while there is no connection. */
  keep?: {
    /** Number of messages; default 1000. */
    messages?: number;
    /** Characters of their JSON text; default 8 Mi. */
    length?: number;
    /** Milliseconds until a kept request is answered with `unavailable`; default 30000. */
    milliseconds?: number;
  };
}

/** Has the interface of a page's SharedWorker; the shared worker is the daemon. Connects and reconnects automatically. */
export class SharedWorker {
  /**
   * @param url ignored: every worker connects to the daemon
   * @throws {Error} if the socket's path is unknown: no option, no `$PARTYLINE_SOCKET`, no `$XDG_RUNTIME_DIR`
   */
  constructor(url?: string | URL, nameOrOptions?: string | SharedWorkerOptions);

  readonly name: string;
  readonly port: WorkerPort;

  /** The connection failed or was lost. Not repeated for the same reason. Without a listener: a process warning. */
  onerror: ((event: TroubleEvent) => void) | null;

  addEventListener(type: 'error', listener: Listener<TroubleEvent>, options?: ListenerOptions): void;
  removeEventListener(type: 'error', listener: Listener<TroubleEvent>, options?: ListenerOptions): void;
  dispatchEvent(event: Event): boolean;
}

/** An event of the daemon, or a broadcast, as a line of the socket protocol. Instants are RFC 3339 text. */
export interface SubscriptionEvent<Data = any> {
  event: string;
  data: Data;
  /** The position of the event. Contacts that were there already, and `partyline::subscribed`, have none. */
  clock?: string;
  time?: string;
  /** What was so before the subscription. */
  existing?: true;
  /** It was said before the daemon was restarted. */
  stale?: true;
  /** The client whose call caused the event, where that is certain. */
  by?: { port: string; program?: string };
  /** The port that broadcast the event. */
  from?: string;
}

export interface SubscriptionOptions extends Pick<SharedWorkerOptions, 'socket' | 'reconnect' | 'keep'> {
  /** Starts after this clock. If the daemon no longer has the events, it starts with the current state: `fresh` is true. */
  since?: string;
  /** `latest`: of several events with the same name that this program has not read, only the newest arrives. */
  mode?: 'all' | 'latest';
  /** Starts with the contacts that are there already. */
  existing?: boolean;
  /** The connection failed, was lost, or a line could not be read. It is made again in any case. Default: a process warning. */
  onTrouble?: (trouble: { code: string; message: string }) => void;
}

/** An error answer of the daemon. `code` is one of the protocol's codes. */
export class RequestError extends Error {
  readonly code: string;
  readonly hint?: string;
  /** The same request may succeed later; `retryAfterMs` is when, if that is known. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/**
 * The daemon's events that match some patterns, as an async iterator: in order, each once, also over lost connections and
 * restarts of the daemon. Where the events start or resume, it yields `partyline::subscribed` with the answer to
 * `subscribe`; if its `fresh` is true, discard what you knew. `partyline::lagged` is the same, after this program was too slow.
 *
 * An open subscription keeps the process alive. A `for await` that ends closes it.
 */
export class Subscription implements AsyncIterableIterator<SubscriptionEvent> {
  /**
   * @param patterns names of events with `*` for a part: `agent::*`, `contact::*::<contactId>`, `*`
   * @throws {Error} if the socket's path is unknown
   */
  constructor(patterns: string | string[], options?: SubscriptionOptions);

  /** The clock of the last event that arrived. */
  readonly clock: string | undefined;

  /**
   * Sends a `partyline::request`, such as `getSeat` or `getQuickConnects`, and awaits its data.
   *
   * @throws {RequestError} the daemon's error; `unavailable` if the connection was lost before the answer
   */
  request<Data = any>(method: string, params?: object): Promise<Data>;

  /** Closes the connection and ends the iteration. Events that were not read are dropped. */
  close(): void;

  /** @throws {RequestError} if the daemon refused the subscription */
  next(): Promise<IteratorResult<SubscriptionEvent>>;
  return(value?: any): Promise<IteratorResult<SubscriptionEvent>>;
  [Symbol.asyncIterator](): AsyncIterableIterator<SubscriptionEvent>;
}

/**
 * The path of the daemon's socket: the option, else `$PARTYLINE_SOCKET`, else the user service's socket.
 *
 * @throws {Error} if none of them is set
 */
export function socketPath(option?: string, environment?: Record<string, string | undefined>): string;
