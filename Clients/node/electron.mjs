// SPDX-License-Identifier: Apache-2.0

// electron.js for `import`.
import electron from './electron.js';

export const { bridgeRenderer, pump, preloadPath } = electron;
