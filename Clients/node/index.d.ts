/** What crosses the port, both ways: see the socket protocol. */
export interface WorkerMessage<Data = any> {
  event: string;
  data?: Data;
}

/** A message of the daemon's. In `agent::update` and in answers, instants are `Date` objects. */
export interface WorkerMessageEvent extends Event {
  readonly type: 'message';
  readonly data: WorkerMessage;
}

/** A problem, in words that name what to do. */
export interface TroubleEvent extends Event {
  readonly message: string;
  /** What it is, for programs: `ENOENT`, `ECONNREFUSED`, `EACCES`, `CLOSED`, a bye's reason, … */
  readonly code?: string;
  /** Of a `messageerror`: the line that could not be read. */
  readonly data: unknown;
}

type Listener<E> = ((event: E) => void) | { handleEvent(event: E): void };
type ListenerOptions = boolean | { once?: boolean; signal?: AbortSignal };

/** Looks like the MessagePort of a SharedWorker; its other end is the daemon. */
export interface WorkerPort {
  /** Delivers what has come, and from now on what comes. */
  start(): void;

  /**
   * Sends a message: now, or as soon as the daemon is there. Dates are sent as ISO text, members that are undefined not
   * at all. A request that gets no answer because the connection is lost, or that could not be sent within
   * `keep.milliseconds`, is answered here with the error `unavailable`.
   *
   * @throws {DOMException} `DataCloneError` for what JSON cannot carry: functions, symbols, cycles, Maps, …
   */
  postMessage(message: WorkerMessage, transfer?: readonly never[]): void;

  /** Says `close` to the daemon after all that was posted, and hangs up. Nothing is delivered any more. */
  close(): void;

  /** Setting it starts the port. */
  onmessage: ((event: WorkerMessageEvent) => void) | null;
  /** A message was lost: a line that could not be read, or too much posted while the daemon was away. */
  onmessageerror: ((event: TroubleEvent) => void) | null;

  addEventListener(type: 'message', listener: Listener<WorkerMessageEvent>, options?: ListenerOptions): void;
  addEventListener(type: 'messageerror', listener: Listener<TroubleEvent>, options?: ListenerOptions): void;
  removeEventListener(type: 'message', listener: Listener<WorkerMessageEvent>, options?: ListenerOptions): void;
  removeEventListener(type: 'messageerror', listener: Listener<TroubleEvent>, options?: ListenerOptions): void;
  dispatchEvent(event: Event): boolean;
}

export interface SharedWorkerOptions {
  /** Only told back by `name`: all workers are the one daemon. */
  name?: string;
  /** The daemon's socket. Default: `$PARTYLINE_SOCKET`, else `$XDG_RUNTIME_DIR/partyline/partyline.sock`. */
  socket?: string;
  /** The pauses between attempts to connect. */
  reconnect?: {
    /** Milliseconds; default 100. Each pause is twice the one before. */
    first?: number;
    /** Milliseconds; default 5000. */
    longest?: number;
  };
  /** How much of what is posted while there is no daemon is kept for it. */
  keep?: {
    /** Messages; default 1000. */
    messages?: number;
    /** Characters of their text; default 8 Mi. */
    length?: number;
    /** How long a request is kept before it is answered with `unavailable`; default 30000. */
    milliseconds?: number;
  };
}

/** Looks like a page's SharedWorker; the worker that all share is the daemon. Connects, and reconnects, by itself. */
export class SharedWorker {
  /**
   * @param url ignored: there is one worker, and it runs already
   * @throws {Error} if nothing says where the socket is
   */
  constructor(url?: string | URL, nameOrOptions?: string | SharedWorkerOptions);

  readonly name: string;
  readonly port: WorkerPort;

  /** The connection is in trouble. Told once for each new reason; where nobody listens it becomes a process warning. */
  onerror: ((event: TroubleEvent) => void) | null;

  addEventListener(type: 'error', listener: Listener<TroubleEvent>, options?: ListenerOptions): void;
  removeEventListener(type: 'error', listener: Listener<TroubleEvent>, options?: ListenerOptions): void;
  dispatchEvent(event: Event): boolean;
}

/**
 * Where the daemon listens: the option, else `$PARTYLINE_SOCKET`, else the user service's socket.
 *
 * @throws {Error} if nothing says so
 */
export function socketPath(option?: string, environment?: Record<string, string | undefined>): string;
