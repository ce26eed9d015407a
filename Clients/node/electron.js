// SPDX-License-Identifier: Apache-2.0
'use strict';

// The main process's half of the bridge to sandboxed renderers; preload.js is the renderer's half.
const { bridgeRenderer } = require('./lib/bridge');
const { pump } = require('./lib/pump');

/** The path of the preload script, for `webPreferences.preload`. */
const preloadPath = require.resolve('./preload.js');

module.exports = { bridgeRenderer, pump, preloadPath };
