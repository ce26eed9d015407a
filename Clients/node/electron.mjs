// The same as electron.js, for `import`.
import electron from './electron.js';

export const { bridgeRenderer, pump, preloadPath } = electron;
