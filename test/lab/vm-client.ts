import type { Finished, RunOptions } from './inside.ts';
import type { AgentReplies, AgentRequest } from './vm-agent.ts';

/** What files of a VM said at one moment. */
export interface Snapshot {
  /** The VM's own clock, in seconds: the moment lies between the two. */
  readonly from: number;
  readonly to: number;
  /** Text by path; a file that could not be read is not there. */
  readonly files: Readonly<Record<string, string>>;
}

/** The host's side of the agent in a VM. */
export interface VmClient {
  /** Runs a command inside: 30 s at most, and a non-zero exit throws, unless said otherwise. */
  run(argv: readonly string[], options?: Omit<RunOptions, 'env'>): Promise<Finished>;
  /** Reads files inside, one right after the other. */
  read(paths: readonly string[]): Promise<Snapshot>;
  write(path: string, text: string): Promise<void>;
}

/** Time on top of what a request itself may take. */
const GRACE_MS = 10_000;

/** Talks to the agent at this address. */
export function createVmClient(url: string, token: string): VmClient {
  async function ask<Kind extends AgentRequest['kind']>(
    request: AgentRequest & { readonly kind: Kind },
    timeoutMs = 0,
  ): Promise<AgentReplies[Kind]> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(timeoutMs + GRACE_MS),
    });
    if (!response.ok) throw new Error(`${request.kind} in the VM: ${await response.text()}`);
    return JSON.parse(await response.text()); // our own program answers
  }

  return {
    async run(argv, { timeoutMs = 30_000, input = '', check = true } = {}) {
      const { code, stdout, stderr } = await ask({ kind: 'run', argv, input, timeoutMs }, timeoutMs);
      const said = stderr.trim() || stdout.trim().slice(-2_000) || 'it said nothing';
      const command = argv.join(' ');
      if (code === undefined)
        throw new Error(`${command}: not done within ${timeoutMs / 1000} s in the VM; ${said}`);
      if (check && code !== 0) throw new Error(`${command}: exit code ${code} in the VM; ${said}`);
      return { code, stdout, stderr };
    },
    read: (paths) => ask({ kind: 'read', paths }),
    async write(path, text) {
      await ask({ kind: 'write', path, text });
    },
  };
}
