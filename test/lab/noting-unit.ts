import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';

/** A service that notes each start of its own. */
export interface NotingUnit {
  readonly name: string;
  /** Invocation IDs of all starts so far, oldest first, as the unit itself was told them. */
  invocations(): readonly string[];
  /** Value of a property, as `systemctl show` prints it. */
  property(name: string): Promise<string>;
}

/** What such a service is made of, beside the note. */
export interface NotingUnitText {
  /** Lines of `[Unit]`. */
  readonly unit?: string;
  /** Lines of `[Service]`; it runs until it is stopped unless they say otherwise. */
  readonly service?: string;
}

/**
 * Puts a service into the lab that notes its invocation before anything else of a start.
 *
 * `starts` of the lab's folder tells in which order such services were started, one name a line.
 */
export async function addNotingUnit(
  lab: Lab,
  name: string,
  { unit = '', service = 'ExecStart=/bin/sleep infinity' }: NotingUnitText = {},
): Promise<NotingUnit> {
  const history = join(lab.dir, `${name}.invocations`);
  await lab.writeUnit(
    name,
    `[Unit]
StartLimitIntervalSec=0
${unit}

[Service]
ExecStartPre=/bin/sh -c 'echo "$$INVOCATION_ID" >>${lab.dir}/%n.invocations; echo %n >>${lab.dir}/starts'
${service}
`,
  );
  return {
    name,
    invocations: () => (existsSync(history) ? readFileSync(history, 'utf8').trim().split('\n') : []),
    property: async (key) => (await lab.run(['systemctl', 'show', '--value', '-p', key, name])).stdout.trim(),
  };
}
