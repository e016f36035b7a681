import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { thresholdGroup } from '../../src/rules/override.ts';
import { rulesText } from '../../src/rules/write.ts';
import { describeStack } from '../lab/describe-lab.ts';
import { findTools } from '../lab/tools.ts';
import { repository } from '../lab/unpack.ts';

const execute = promisify(execFile);

const CONFIG = String.raw`
thresholds:
  unit_memory_ratio:
    - { match: ['name =~ "big@.+\.service"'], is: 0.97 }
    - { match: ['instance = "gpu2:10558"', 'name = "small.service"'], is: 0.7 }
  restarts_15m: 1
`;

const MEMORY: readonly (readonly [instance: string, name: string, used: number, firing: boolean])[] = [
  ['gpu1:10558', 'usual.service', 95, true],
  ['gpu1:10558', 'big@a.service', 95, false],
  ['gpu1:10558', 'big@b.service', 98, true],
  ['gpu1:10558', 'small.service', 75, false],
  ['gpu2:10558', 'small.service', 75, true],
];

function memorySeries([instance, name, used]: (typeof MEMORY)[number]): string {
  const labels = `{job="fettle",instance="${instance}",name="${name}",type="service"}`;
  return `
      - { series: 'systemd_unit_memory_working_set_bytes${labels}', values: '${used}x80' }
      - { series: 'systemd_unit_memory_max_bytes${labels}', values: '100x80' }`;
}

/** The alert as `ALERTS` tells it, with its own labels. */
function firing(alert: string, labels: Readonly<Record<string, string>>): string {
  const all = { __name__: 'ALERTS', alertname: alert, alertstate: 'firing', severity: 'warning', ...labels };
  const text = Object.entries(all)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}="${value}"`);
  return `
          - { labels: 'ALERTS{${text.join(',')}}', value: 1 }`;
}

function unitLabels(instance: string, name: string): Readonly<Record<string, string>> {
  const host = instance.replace(/:.*/, '');
  return { manager: 'systemd', unit: name, host, job: 'fettle', instance, name };
}

const TEST = `
rule_files: [thresholds.rules.yml, ${repository}/alerts/cgroup.rules.yml, ${repository}/alerts/systemd.rules.yml]
evaluation_interval: 15s
tests:
  - interval: 15s
    input_series:${MEMORY.map(memorySeries).join('')}
      - { series: 'systemd_service_restart_total{job="fettle",instance="gpu1:10558",name="a.service"}', values: '0x9 2x80' }
    promql_expr_test:
      - expr: ALERTS{alertname="UnitMemoryNearMax",alertstate="firing"}
        eval_time: 15m
        exp_samples:${MEMORY.filter(([, , , fires]) => fires)
          .map(([instance, name]) =>
            firing('UnitMemoryNearMax', { ...unitLabels(instance, name), type: 'service' }),
          )
          .join('')}
      - expr: ALERTS{alertname="ServiceCrashLooping",alertstate="firing"}
        eval_time: 6m
        exp_samples:${firing('ServiceCrashLooping', unitLabels('gpu1:10558', 'a.service'))}
`;

describeStack('thresholds of a configuration, beside the rule files as they are shipped,', () => {
  let dir: string;

  beforeAll(() => {
    dir = mkdtempSync(`${tmpdir()}/fettle-thresholds-`);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('hold for what they are set for, and the defaults for the rest', async () => {
    const loaded = loadConfig(CONFIG);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    writeFileSync(`${dir}/thresholds.rules.yml`, rulesText([thresholdGroup(loaded.config.thresholds)]));
    writeFileSync(`${dir}/own.test.yml`, TEST);
    const { promtool } = await findTools();
    const { stdout } = await execute(promtool, ['test', 'rules', `${dir}/own.test.yml`]);
    expect(stdout).toContain('SUCCESS');
  });
});
