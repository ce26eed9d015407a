// SPDX-License-Identifier: Apache-2.0
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { LineReader } = require('../lib/lines');
const { within } = require('./deadline');

const folder = process.env.PARTYLINE_BIN ?? path.join(__dirname, '../../../.build/debug');
const binary = name => path.join(folder, name);

/** The reason to skip tests that need the real binaries, or false. */
const skip = ['partylined', 'connect-simulator'].every(name => fs.existsSync(binary(name)))
  ? false
  : `no partylined and connect-simulator in ${folder}: run swift build, or set PARTYLINE_BIN to their folder`;

/** The real daemon and a simulator, with their files in a temporary folder. */
class Stage {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'partyline-node-'));
  socket = path.join(this.folder, 'p.sock');
  #programs = [];

  static async start() {
    const stage = new Stage();
    await stage.#startSimulator();
    stage.startDaemon();
    return stage;
  }

  async #startSimulator() {
    const files = ['--ca-out', this.#file('ca'), '--cookies-out', this.#file('cookies')];
    const program = this.#run('connect-simulator', ['--tls', ...files]);
    const { base, control } = JSON.parse(await firstLine(program));
    Object.assign(this, { base, control });
  }

  /** Does not wait until the daemon listens: workers retry until it does. */
  startDaemon() {
    this.daemon = this.#run('partylined', ['--socket', this.socket], {
      PARTYLINE_SESSION_SOURCE: 'authorize',
      PARTYLINE_SESSION_BASE_URL: this.base,
      PARTYLINE_SESSION_COOKIE_FILE: this.#file('cookies'),
      PARTYLINE_TLS_TRUST_ROOTS: this.#file('ca'),
    });
  }

  async stopDaemon() {
    await end(this.daemon);
  }

  /** Posts to the simulator's control API. */
  async play(call, body) {
    const response = await fetch(this.control + call, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body ?? {}),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${call}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  async end() {
    await Promise.all(this.#programs.map(end));
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  #file(name) {
    return path.join(this.folder, name);
  }

  #run(name, options, environment = {}) {
    const program = spawn(binary(name), options, {
      env: { PATH: process.env.PATH, HOME: this.folder, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    program.errors = '';
    program.stderr.on('data', chunk => (program.errors += chunk));
    this.#programs.push(program);
    return program;
  }
}

function firstLine(program) {
  const line = new Promise((resolve, reject) => {
    const lines = new LineReader(resolve);
    program.stdout.setEncoding('utf8').on('data', chunk => lines.push(chunk));
    program.once('error', reject);
    program.once('exit', status => reject(new Error(`ended with ${status}: ${program.errors}`)));
  });
  return within(line, 'the simulator is ready', 20_000);
}

async function end(program) {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const exit = once(program, 'exit');
  program.kill('SIGTERM');
  const timer = setTimeout(() => program.kill('SIGKILL'), 5000);
  await exit;
  clearTimeout(timer);
}

module.exports = { Stage, skip };
