import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeStack } from '../lab/describe-lab.ts';
import type { Service } from '../lab/service-process.ts';
import { startAlertmanager } from '../lab/stack.ts';
import { findTools } from '../lab/tools.ts';
import { repository } from '../lab/unpack.ts';
import { waitFor } from '../lab/wait.ts';

const CONFIG = `${repository}/deploy/alertmanager/alertmanager.yml`;
const execute = promisify(execFile);

type Labels = Readonly<Record<string, string>>;

const UNIT = { unit: 'comfyui@a.service', host: 'gpu1', instance: 'gpu1:10558' };
const FAILED = { alertname: 'UnitFailed', severity: 'warning', manager: 'systemd', ...UNIT };
const DOWN = { alertname: 'UnitDown', severity: 'critical', ...UNIT };
const UNDER_REPAIR = {
  alertname: 'UnitUnderRepair',
  severity: 'info',
  ...UNIT,
  instance: 'gpu1:10559',
};
const EXHAUSTED = { ...UNDER_REPAIR, alertname: 'RepairExhausted', severity: 'critical' };

describeStack('the shipped alertmanager.yml', () => {
  describe('routes, by amtool,', () => {
    it.each<[string, Labels, string]>([
      ['a failed unit to fettle and to people', FAILED, 'fettle,people'],
      ['a job of launchd likewise', { ...FAILED, manager: 'launchd' }, 'fettle,people'],
      ['a daemon with a pid file likewise', { ...FAILED, manager: 'pidfile' }, 'fettle,people'],
      ["a unit of a user's own manager to people only", { ...FAILED, scope: 'user' }, 'people'],
      ['a page about a unit to people only', DOWN, 'people'],
      ['what fettle gives up to people only', EXHAUSTED, 'people'],
      ['information to nobody', UNDER_REPAIR, 'nobody'],
      ['the heartbeat to its own receiver', { alertname: 'Watchdog', severity: 'info' }, 'watchdog'],
    ])('%s', async (_what, labels, receivers) => {
      const { amtool } = await findTools();
      const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      const argv = ['config', 'routes', 'test', `--config.file=${CONFIG}`, ...pairs];
      expect((await execute(amtool, argv)).stdout.trim()).toBe(receivers);
    });
  });

  describe('inhibition, by Alertmanager,', () => {
    let dir: string;
    let alertmanager: Service;

    beforeAll(async () => {
      dir = mkdtempSync(`${tmpdir()}/fettle-inhibit-`);
      alertmanager = await startAlertmanager({ configFile: CONFIG, dir });
    });
    afterAll(async () => {
      await alertmanager?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    /**
     * Which of these alerts are held back while all of them fire, on hosts of their own.
     *
     * A last one that is known to be held back comes after them: once it is, Alertmanager has seen them all.
     */
    async function heldBack(place: string, alerts: readonly Labels[]): Promise<readonly string[]> {
      const last = [UNDER_REPAIR, DOWN].map((labels) => ({ ...labels, unit: 'last.service' }));
      const here = [...alerts, ...last].map((labels) => ({ ...labels, host: `${place}-${labels['host']}` }));
      for (const alert of here) await post(alertmanager.url, alert);
      return waitFor('Alertmanager has looked at all of them', async () => {
        const inhibited = (await alertsOf(alertmanager.url)).filter(
          ({ labels, status }) => labels['host']?.startsWith(`${place}-`) && status.inhibitedBy.length > 0,
        );
        if (!inhibited.some(({ labels }) => labels['unit'] === 'last.service')) return undefined;
        return inhibited
          .filter(({ labels }) => labels['unit'] !== 'last.service')
          .map(({ labels }) => labels['alertname'] ?? '')
          .sort();
      });
    }

    it('holds the page of a unit back while fettle repairs it, and nothing that fettle is told of', async () => {
      expect(await heldBack('a', [UNDER_REPAIR, FAILED, DOWN])).toEqual(['UnitDown']);
    });

    it('lets the page through when fettle does nothing', async () => {
      expect(await heldBack('b', [FAILED, DOWN])).toEqual([]);
    });

    it('lets what fettle gives up through while it repairs, and says it once', async () => {
      expect(await heldBack('c', [UNDER_REPAIR, EXHAUSTED, FAILED, DOWN])).toEqual(['UnitDown']);
      expect(await heldBack('d', [EXHAUSTED, FAILED, DOWN])).toEqual(['UnitDown']);
    });

    it('holds nothing back of another unit or of another host', async () => {
      const other = { ...DOWN, unit: 'vllm.service' };
      const elsewhere = { ...DOWN, host: 'gpu2', instance: 'gpu2:10558' };
      const host = { alertname: 'HostMemoryStalled', severity: 'critical', host: 'gpu1' };
      expect(await heldBack('e', [UNDER_REPAIR, other, elsewhere, host])).toEqual([]);
    });

    it('tells of a crash loop once', async () => {
      const loop = { ...FAILED, alertname: 'ServiceCrashLooping' };
      const often = { ...UNIT, alertname: 'ServiceRestartsOften', severity: 'warning' };
      const flaps = { ...often, alertname: 'UnitFlapping' };
      expect(await heldBack('f', [loop, often, flaps])).toEqual(['ServiceRestartsOften', 'UnitFlapping']);
    });
  });
});

const ALERTS = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ state: z.string(), inhibitedBy: z.array(z.string()) }),
  }),
);

async function alertsOf(url: string): Promise<z.infer<typeof ALERTS>> {
  const reply = await fetch(`${url}/api/v2/alerts`);
  return ALERTS.parse(await reply.json());
}

async function post(url: string, labels: Labels): Promise<void> {
  const reply = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels }]),
  });
  expect(reply.status).toBe(200);
}
