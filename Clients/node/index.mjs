// The same as index.js, for `import`: one implementation, two doors.
import partyline from './index.js';

export const { SharedWorker, socketPath } = partyline;
