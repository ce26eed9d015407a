// SPDX-License-Identifier: Apache-2.0
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..');
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

test('require and import give the same exports', async () => {
  const [required, imported] = [require('partyline'), await import('partyline')];
  assert.deepEqual(Object.keys(imported).filter(isName).sort(), Object.keys(required).sort());
  assert.equal(imported.SharedWorker, required.SharedWorker);
  const [electron, importedElectron] = [require('partyline/electron'), await import('partyline/electron')];
  assert.deepEqual(Object.keys(importedElectron).filter(isName).sort(), Object.keys(electron).sort());
  assert.equal(require.resolve('partyline/preload'), electron.preloadPath);
});

test('all files in package.json exist, and there are no dependencies', () => {
  const files = entry => (typeof entry === 'string' ? entry : Object.values(entry));
  const named = Object.values(manifest.exports).flatMap(files);
  for (const file of named) assert.ok(fs.existsSync(path.join(root, file)), file);
  for (const kind of ['dependencies', 'devDependencies', 'peerDependencies']) assert.equal(manifest[kind], undefined);
});

test('every export has a TypeScript declaration', () => {
  for (const name of ['index', 'electron']) {
    const declarations = fs.readFileSync(path.join(root, `${name}.d.ts`), 'utf8');
    for (const exported of Object.keys(require(`../${name}.js`))) {
      assert.match(declarations, new RegExp(`export (class|function|const) ${exported}\\b`));
    }
  }
});

/** `import` of a CommonJS module adds these names to its exports. */
function isName(name) {
  return name !== 'default' && name !== 'module.exports';
}
