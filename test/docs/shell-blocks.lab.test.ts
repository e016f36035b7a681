import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { addNotingUnit } from '../lab/noting-unit.ts';
import { addPrograms, fillScratch } from './scratch.ts';
import { shellBlocks } from './shell-blocks.ts';

const BLOCKS = shellBlocks().filter(({ plan }) => plan.kind === 'run' && plan.place === 'lab');
const PAGES = [...new Set(BLOCKS.map(({ page }) => page))];

/** Units that the documentation takes for examples. */
const UNITS = ['comfyui@.service', 'ollama.service', 'vllm.service'];
const STARTED = ['comfyui@a.service', 'comfyui@b.service', 'ollama.service', 'vllm.service', 'nightly.timer'];

/** What must be among what the commands of a page say. */
const TELLS: Readonly<Record<string, readonly RegExp[]>> = {
  'docs/OPERATIONS.md': [
    /fettle is ready\.\nfettle is ready\./,
    /^ok {4}token-file /m,
    /"outcome":"accepted"/,
    /comfyui@a\.service {2}(?:rehearsed|refused) /,
    /^policy comfyui-failed \(enforced\)$/m,
    /^Paused until .* by root: new driver$/m,
    /^Resumed; /m,
    /^restored\/ledger\.jsonl is whole/m,
    /^[0-9a-f]{64}$/m,
  ],
};

/** Some wait until a step is proven. */
const LIMIT_MS = 120_000;

/** As on a box of somebody who follows the documentation: what Debian's packages bring is there, and some services. */
async function furnish(lab: Lab): Promise<void> {
  const inside = (path: string) => `${lab.root}${path}`;
  await addPrograms(inside('/usr/local/bin'));
  for (const folder of ['/etc/sysusers.d', '/etc/polkit-1/rules.d']) {
    mkdirSync(inside(folder), { recursive: true });
  }
  // Debian's package of Alertmanager brings the group.
  appendFileSync(inside('/etc/group'), 'prometheus:x:4720:\n');
  fillScratch(lab.dir);
  const service = `ExecStart=/bin/sh -c 'echo "<4>CUDA out of memory"; exec sleep infinity'`;
  for (const name of UNITS) await addNotingUnit(lab, name, { service });
  await lab.writeUnit('nightly.service', '[Service]\nType=oneshot\nExecStart=/bin/true\n');
  await lab.writeUnit('nightly.timer', '[Timer]\nOnCalendar=daily\n');
  await lab.run(['systemctl', 'start', ...STARTED]);
}

describeLab('the commands of the documentation that need a systemd', () => {
  describe.each(PAGES)('%s', (page) => {
    let lab: Lab;
    let told = '';

    beforeAll(async () => {
      // A network of its own: the ports are those that people have.
      lab = await startLab({ net: 'private' });
      await furnish(lab);
    });
    afterAll(() => lab?.stop());

    it.each(BLOCKS.filter((block) => block.page === page).map((block) => [block.line, block] as const))(
      'end well, each of them, after those before: line %i',
      async (_line, { text }) => {
        const { code, stdout, stderr } = await lab.run(
          ['bash', '--norc', '-euo', 'pipefail', '-c', `cd ${join(lab.dir)}\n${text}`],
          { check: false, timeoutMs: LIMIT_MS - 10_000, env: { LANG: 'C.UTF-8' } },
        );
        told += stdout;
        expect([code, code === 0 ? '' : `${stdout}\n${stderr}`]).toEqual([0, '']);
      },
      LIMIT_MS,
    );

    it('tell what the page says that they tell', () => {
      for (const words of TELLS[page] ?? []) expect(told).toMatch(words);
    });
  });
});
