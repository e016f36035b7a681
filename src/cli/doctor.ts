import { setMaxListeners } from 'node:events';
import { type DoctorOptions, examineBox } from '../app/doctor.ts';
import { loadConfig } from '../config/load.ts';
import { messageOf } from '../domain/errors.ts';
import { type Finding, fail, ok } from '../domain/finding.ts';
import { systemBusAddress } from '../host/bus.ts';
import { readInventory } from '../host/inventory.ts';
import { inventoryProgram } from '../host/programs/own-program.ts';
import type { Command } from './arguments.ts';
import { readConfig } from './check.ts';
import { examinationJson } from './doctor/json.ts';
import { examinationLines } from './doctor/text.ts';
import { EXIT } from './exit.ts';
import { gpuProblems } from './gpu/problems.ts';
import { plainText } from './plain-text.ts';
import { stateFolder } from './state-folder.ts';
import { hasColours, stopSignal } from './terminal.ts';

type DoctorCommand = Extract<Command, { kind: 'doctor' }>;

/** Describes this machine and checks what fettle needs; gives the exit code. */
export async function doctor({ configFile, json, inventory }: DoctorCommand): Promise<number> {
  if (inventory) {
    process.stdout.write(`${plainText(JSON.stringify(await readInventory()))}\n`);
    return EXIT.ok;
  }
  const stop = stopSignal();
  // Every check listens to it, and that is no leak.
  setMaxListeners(0, stop);
  const { config, finding } = await configuration(configFile);
  const options: DoctorOptions = {
    platform: process.platform,
    nodeVersion: process.version,
    isRoot: process.getuid?.() === 0,
    config,
    busAddress: systemBusAddress(),
    defaultLedger: `${stateFolder()}/ledger.jsonl`,
    stateFolder: stateFolder(),
    inventory: inventoryProgram(),
    signal: stop,
  };
  const { machine, findings } = await examineBox(options, gpuProblems);
  if (stop.aborted) return EXIT.failure;
  const examination = { machine, findings: [finding, ...findings] };
  const text = json ? examinationJson(examination) : examinationLines(examination, hasColours()).join('\n');
  process.stdout.write(`${text}\n`);
  return examination.findings.some(({ state }) => state === 'fail') ? EXIT.failure : EXIT.ok;
}

/** What is in force with that file, and what is to be told of it; where it is bad, what is in force without one. */
async function configuration(
  file: string | undefined,
): Promise<Pick<DoctorOptions, 'config'> & { readonly finding: Finding }> {
  const usual = loadConfig('');
  if (!usual.ok) throw new Error('an empty configuration is one');
  const check = 'configuration';
  if (file === undefined) {
    return {
      config: usual.config,
      finding: { check, ...ok('none is given: fettle exports, and repairs nothing') },
    };
  }
  try {
    const read = await readConfig(file);
    if (read.ok) return { config: read.config, finding: { check, ...ok(`${file} is in order`) } };
    return { config: usual.config, finding: { check, ...fail(read.problems.join('; '), MEND) } };
  } catch (thrown) {
    return { config: usual.config, finding: { check, ...fail(messageOf(thrown), MEND) } };
  }
}

const MEND = 'Mend the file and see fettle check FILE; what follows is as without a configuration';
