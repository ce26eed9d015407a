'use strict';

// The main process's half of the way to sandboxed renderers; preload.js is the other half.
const { bridgeRenderer } = require('./lib/bridge');
const { pump } = require('./lib/pump');

/** The preload script's file, for `webPreferences.preload`. */
const preloadPath = require.resolve('./preload.js');

module.exports = { bridgeRenderer, pump, preloadPath };
