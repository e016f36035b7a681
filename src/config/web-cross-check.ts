import * as z from 'zod';
import type { PathProblem } from './explain.ts';
import { parseGoDuration } from './go-duration.ts';
import { SUITES_12, VERSIONS } from './tls-names.ts';

const keys = z.record(z.string(), z.unknown());

/** Settings that depend on each other, read so leniently that faults elsewhere do not hide them. */
const lenient = z.object({
  tls_server_config: keys.optional().catch(undefined),
  rate_limit: keys.optional().catch(undefined),
});

type Keys = z.output<typeof keys>;

/** What is wrong between settings that may be right on their own. `raw` is the document as plain data. */
export function webCrossProblems(raw: unknown): readonly PathProblem[] {
  const { tls_server_config: tls, rate_limit: rate } = lenient.safeParse(raw).data ?? {};
  return [
    ...(tls === undefined ? [] : tlsProblems(tls).map(below('tls_server_config'))),
    ...(rate === undefined ? [] : rateProblems(rate).map(below('rate_limit'))),
  ];
}

function below(section: string) {
  return ({ path, message }: PathProblem): PathProblem => ({ path: [section, ...path], message });
}

function tlsProblems(tls: Keys): readonly PathProblem[] {
  return [
    ...pemProblems(tls, 'cert', 'the certificate of this server'),
    ...pemProblems(tls, 'key', 'the key of its certificate'),
    ...(both(tls, 'client_ca') ? [twice('client_ca')] : []),
    ...clientProblems(tls),
    ...versionProblems(tls),
  ];
}

function both(tls: Keys, name: string): boolean {
  return tls[name] !== undefined && tls[`${name}_file`] !== undefined;
}

function twice(name: string): PathProblem {
  return { path: [name], message: `expected ${name} or ${name}_file, not both` };
}

function pemProblems(tls: Keys, name: string, what: string): readonly PathProblem[] {
  if (both(tls, name)) return [twice(name)];
  if (tls[name] !== undefined || tls[`${name}_file`] !== undefined) return [];
  return [
    { path: [`${name}_file`], message: `missing: expected a file with ${what}, or ${name} with its text` },
  ];
}

const VERIFIES: readonly unknown[] = ['VerifyClientCertIfGiven', 'RequireAndVerifyClientCert'];
const REQUIRES: readonly unknown[] = [
  'RequireAnyClientCert',
  'RequireClientCert',
  'RequireAndVerifyClientCert',
];

function clientProblems(tls: Keys): readonly PathProblem[] {
  const asked = tls['client_auth_type'] ?? 'NoClientCert';
  const ca = ['client_ca_file', 'client_ca'].find((name) => tls[name] !== undefined);
  const problems: PathProblem[] = [];
  if (ca === undefined && VERIFIES.includes(asked)) {
    const message = `missing: expected the authorities whose certificates ${String(asked)} takes`;
    problems.push({ path: ['client_ca_file'], message });
  }
  if (ca !== undefined && asked === 'NoClientCert') {
    const message =
      'expected a client_auth_type that asks for certificates, such as RequireAndVerifyClientCert';
    problems.push({ path: [ca], message });
  }
  if (tls['client_allowed_sans'] !== undefined && !REQUIRES.includes(asked)) {
    const message =
      'expected client_auth_type: RequireAndVerifyClientCert; others need not show a certificate';
    problems.push({ path: ['client_allowed_sans'], message });
  }
  return problems;
}

function versionProblems(tls: Keys): readonly PathProblem[] {
  const order = [...VERSIONS.keys()];
  const place = (name: string, usual: string) => order.indexOf(String(tls[name] ?? usual));
  const min = place('min_version', 'TLS12');
  const max = place('max_version', 'TLS13');
  if (min === -1 || max === -1) return [];
  if (min > max) {
    return [{ path: ['max_version'], message: `expected at least min_version, which is ${order[min]}` }];
  }
  const suites = z.array(z.unknown()).catch([]).parse(tls['cipher_suites']);
  if (max === order.indexOf('TLS13') || suites.length === 0) return [];
  if (suites.some((suite) => SUITES_12.has(String(suite)))) return [];
  return [{ path: ['cipher_suites'], message: `expected a suite that ${order[max]} has` }];
}

function rateProblems({ interval, burst }: Keys): readonly PathProblem[] {
  const limited = (parseGoDuration(String(interval ?? 0)) ?? 0) > 0;
  if (!limited || (burst !== undefined && burst !== 0)) return [];
  return [{ path: ['burst'], message: 'expected at least 1; with 0 no request would ever pass' }];
}
