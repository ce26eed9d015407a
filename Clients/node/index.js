'use strict';

// What a program in Node, or the main process of Electron, wants of this package.
const { SharedWorker } = require('./lib/sharedWorker');
const { socketPath } = require('./lib/socketPath');

module.exports = { SharedWorker, socketPath };
