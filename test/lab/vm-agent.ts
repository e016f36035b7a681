/**
 * The program inside a VM that does what the host asks, over HTTP, one JSON document each way.
 *
 * It is translated and copied into the VM alone (vm-image.ts), so it imports nothing but Node's own modules.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { constants } from 'node:os';
import { dirname } from 'node:path';

/** What can be asked. */
export type AgentRequest =
  | {
      readonly kind: 'run';
      readonly argv: readonly string[];
      readonly input: string;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'read'; readonly paths: readonly string[] }
  | { readonly kind: 'write'; readonly path: string; readonly text: string };

/** What is answered, by the kind of the request. */
export interface AgentReplies {
  /** `code` is 128 + N for one killed by signal N, and undefined for one that took too long. */
  readonly run: { readonly code?: number; readonly stdout: string; readonly stderr: string };
  /** `from` and `to`: seconds of CLOCK_MONOTONIC before and after. A file that cannot be read is left out. */
  readonly read: {
    readonly from: number;
    readonly to: number;
    readonly files: Readonly<Record<string, string>>;
  };
  readonly write: Record<string, never>;
}

type Reply = AgentReplies[keyof AgentReplies];

const port = process.argv[2];
const token = process.env['TOKEN'];

createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.headers.authorization !== `Bearer ${token}`) {
    answer(401, 'wrong token');
    return;
  }
  bodyOf(request)
    .then((body) => perform(JSON.parse(body)))
    .then(
      (reply) => answer(200, reply),
      (error: unknown) => answer(500, String(error)),
    );
}).listen(Number(port));

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}

async function perform(request: AgentRequest): Promise<Reply> {
  switch (request.kind) {
    case 'run':
      return run(request);
    case 'read':
      return read(request.paths);
    case 'write':
      mkdirSync(dirname(request.path), { recursive: true });
      writeFileSync(request.path, request.text);
      return {};
  }
}

function run({ argv, input, timeoutMs }: AgentRequest & { kind: 'run' }): Promise<AgentReplies['run']> {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.stdin.on('error', () => {}); // a command that does not read its input closes it
  child.stdin.end(input);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve(output); // its children may hold the pipes: not waited for
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ...output, code: 127, stderr: String(error) });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ ...output, code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'] });
    });
  });
}

function read(paths: readonly string[]): AgentReplies['read'] {
  const files: Record<string, string> = {};
  const from = monotonicSeconds();
  for (const path of paths) {
    try {
      files[path] = readFileSync(path, 'utf8');
    } catch {
      // not there, or gone again
    }
  }
  return { from, to: monotonicSeconds(), files };
}

function monotonicSeconds(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
