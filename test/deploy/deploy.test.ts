import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readRuleFiles } from '../alerts/rule-files.ts';

const DEPLOY = new URL('../../deploy/', import.meta.url);
const read = (name: string): unknown => parse(readFileSync(new URL(name, DEPLOY), 'utf8'));

const targets = z.array(z.object({ targets: z.array(z.string()) }));
const prometheus = z
  .object({
    rule_files: z.array(z.string()),
    alerting: z.object({ alertmanagers: z.array(z.object({ static_configs: targets })) }),
    scrape_configs: z.array(z.object({ job_name: z.string(), static_configs: targets })),
  })
  .parse(read('prometheus/prometheus.yml'));

const alertmanager = z
  .object({
    route: z.object({ receiver: z.string(), routes: z.array(z.looseObject({ receiver: z.string() })) }),
    receivers: z.array(z.object({ name: z.string(), webhook_configs: z.array(z.unknown()).optional() })),
  })
  .parse(read('alertmanager/alertmanager.yml'));

const fettle = z
  .object({
    exporter: z.object({ listen: z.string() }),
    remediator: z.object({
      listen: z.string(),
      mode: z.string(),
      token_file: z.string(),
      policies: z.array(z.object({ when: z.array(z.string()), allow: z.array(z.string()).min(1) })),
    }),
  })
  .parse(read('examples/fettle.yml'));

const ALERTS = readRuleFiles().flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));

describe('prometheus.yml', () => {
  it('scrapes both halves of fettle where the example lets them listen', () => {
    const jobs = prometheus.scrape_configs.map((job) => [
      job.job_name,
      job.static_configs.flatMap((one) => one.targets),
    ]);
    expect(jobs).toEqual([
      ['fettle', [fettle.exporter.listen]],
      ['fettle-remediator', [fettle.remediator.listen]],
    ]);
  });

  it('finds every rule file from a checkout', () => {
    const pattern = prometheus.rule_files.find((one) => one.startsWith('../../')) ?? '';
    expect(pattern).toMatch(/\/\*\.rules\.yml$/);
    const folder = new URL(pattern.replace(/[^/]*$/, ''), new URL('prometheus/', DEPLOY));
    const found = readdirSync(folder).filter((name) => name.endsWith('.rules.yml'));
    expect(found.map((name) => name.replace('.rules.yml', ''))).toEqual(
      readRuleFiles().map(({ name }) => name),
    );
  });

  it('sends alerts to the Alertmanager of the same box', () => {
    const addresses = prometheus.alerting.alertmanagers.flatMap((one) =>
      one.static_configs.flatMap((more) => more.targets),
    );
    expect(addresses).toEqual(['127.0.0.1:9093']);
  });
});

describe('alertmanager.yml', () => {
  it('gives each repairable alert to fettle at once and alone, and then goes on', () => {
    expect(alertmanager.route.routes[0]).toEqual({
      receiver: 'fettle',
      matchers: ['manager =~ "systemd|launchd|pidfile"', 'unit != ""', 'scope != "user"'],
      continue: true,
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '10s',
      repeat_interval: '15m',
    });
  });

  it('tells people about everything but information, repairable alerts included', () => {
    expect(alertmanager.route.receiver).toBe('people');
    expect(alertmanager.route.routes.slice(1)).toEqual([
      expect.objectContaining({ receiver: 'watchdog', matchers: ['alertname = "Watchdog"'] }),
      { receiver: 'nobody', matchers: ['severity = "info"'] },
      { receiver: 'people' },
    ]);
  });

  it('calls the webhook of the example with its token, leaves nothing out, and uses no key newer than 0.25', () => {
    expect(alertmanager.receivers).toEqual([
      {
        name: 'fettle',
        webhook_configs: [
          {
            url: `http://${fettle.remediator.listen}/api/v1/webhook`,
            send_resolved: true,
            max_alerts: 0,
            http_config: {
              authorization: { type: 'Bearer', credentials_file: fettle.remediator.token_file },
            },
          },
        ],
      },
      { name: 'people' },
      { name: 'nobody' },
      { name: 'watchdog' },
    ]);
  });
});

describe('examples/fettle.yml', () => {
  it('starts in dry run', () => {
    expect(fettle.remediator.mode).toBe('dry-run');
  });

  it('answers alerts that exist and that name a unit', () => {
    const repairable = ALERTS.filter(({ labels }) => labels.manager !== undefined).map(({ alert }) => alert);
    for (const { when } of fettle.remediator.policies) {
      const [, alert] = /^alertname = "(\w+)"$/.exec(when[0] ?? '') ?? [];
      expect(repairable).toContain(alert);
    }
  });
});

describe('README.md', () => {
  it('names every file of the folder', () => {
    const readme = readFileSync(new URL('README.md', DEPLOY), 'utf8');
    const files = readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.\w+$/.test(name),
    );
    for (const name of files.filter((one) => one !== 'README.md')) expect(readme).toContain(`\`${name}\``);
  });
});
