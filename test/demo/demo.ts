import { parseArgs } from 'node:util';
import { labMissing } from '../lab/lab.ts';
import { type Loop, startLoop } from '../lab/loop.ts';
import { createNarrator, type Narrator } from './narrator.ts';
import { tellLoop } from './stations.ts';

/** The ports of fettle itself, if nobody has them. */
const PORTS = { exporter: 10558, remediator: 10559, prometheus: 9090, alertmanager: 9093 };

/**
 * `make demo`: a service crashes on a real systemd, and the loop repairs it, told step by step.
 *
 * Stays until Ctrl-C so that the pages can be looked at; with `--once` it ends after the loop.
 */
async function demo(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  const narrator = createNarrator();
  const reason = labMissing();
  if (reason !== undefined) {
    process.stderr.write(`The demo cannot run here: ${reason}.\n`);
    return 1;
  }
  const interrupted = nextInterrupt();
  narrator.say(
    'Booting a private systemd with fettle, Prometheus and Alertmanager; nothing on this machine changes.',
  );
  const starting = startLoop({ mode: 'enforce', preferredPorts: PORTS });
  const loop = await Promise.race([starting, interrupted]);
  if (loop === 'interrupted') return await end(await starting, narrator);
  try {
    narrator.say();
    const told = await Promise.race([tellLoop(loop, narrator), interrupted]);
    if (told !== 'interrupted' && !values.once) {
      pages(loop, narrator);
      await interrupted;
    }
    return await end(loop, narrator);
  } catch (thrown) {
    await loop.stop();
    throw thrown;
  }
}

async function end(loop: Loop, narrator: Narrator): Promise<number> {
  await loop.stop();
  narrator.say('The lab is gone; nothing is left behind.');
  return 0;
}

function pages(
  { prometheus, alertmanager, exporterUrl, remediatorUrl, token, unit, lab }: Loop,
  { say }: Narrator,
): void {
  say();
  say(`  Prometheus    ${prometheus.url}/alerts`);
  say(`  Alertmanager  ${alertmanager.url}/#/alerts`);
  say(`  fettle        ${exporterUrl}/ and ${remediatorUrl}/`);
  say();
  say('The story of the repair:');
  say(`  curl -s -H 'Authorization: Bearer ${token}' ${remediatorUrl}/api/v1/repairs`);
  say('Crash it again, as root; fettle repairs it after its cooldown of 30 s, and refuses before:');
  const kill = `for i in 1 2 3; do systemctl kill -s KILL ${unit.name}; sleep 0.3; done`;
  say(`  nsenter -t ${lab.pid} -a sh -c '${kill}'`);
  say();
  say('Ctrl-C ends it all.');
}

function nextInterrupt(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve('interrupted'));
  });
}

process.exitCode = await demo();
